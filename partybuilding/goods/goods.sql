-- The undo of an imported list of donations deletes the slips by which the goods came into store, with their movements.
-- The runtime role deletes neither; this function deletes those of donations that the batch added.
CREATE FUNCTION partybuilding_delete_imported_slips(of_community bigint, of_action text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH slips AS (
        SELECT DISTINCT movement.slip_id AS id
        FROM partybuilding_goodsdonation AS donation, partybuilding_goodsdonationevent AS event,
            community_stockmovement AS movement
        WHERE of_community = ANY ((string_to_array(NULLIF(current_setting('liren.write_communities', true), ''), ','))::bigint[])
            AND donation.community_id = of_community AND event.community_id = of_community
            AND movement.community_id = of_community
            AND event.pgh_obj_id = donation.id AND event.pgh_label = 'insert'
            AND event.pgh_context ->> 'action' = of_action AND of_action LIKE 'import %'
            AND movement.id = donation.movement_id
    ), movements AS (
        DELETE FROM community_stockmovement USING slips
        WHERE community_stockmovement.community_id = of_community AND slip_id = slips.id
    )
    DELETE FROM community_stockslip USING slips
    WHERE community_stockslip.community_id = of_community AND community_stockslip.id = slips.id
$$;
REVOKE ALL ON FUNCTION partybuilding_delete_imported_slips(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partybuilding_delete_imported_slips(bigint, text) TO liren_app;
