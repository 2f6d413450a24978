-- History triggers run without any right on pghistory's context table: statement-level triggers always call this
-- function, although the context stands in the event row itself. Its stock version writes `pghistory_context`,
-- which has no community (decision 0002).
CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid';
