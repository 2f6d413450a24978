-- Nothing of a closed month, or of one before it, changes, whoever writes it. Each statement that touches entries waits for whoever closes or
-- reopens a month, who holds the row of the book, and reads the closings afterwards.
CREATE FUNCTION community_check_finance_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM community_financebook b
    WHERE b.community_id IN (SELECT DISTINCT t.community_id FROM touched t) FOR SHARE;
    IF EXISTS (
        SELECT FROM touched t
        JOIN community_financemonth m ON m.community_id = t.community_id
            AND m.month >= date_trunc('month', t."on")::date AND m.reopened_at IS NULL
    ) THEN
        RAISE EXCEPTION 'the month of an entry is closed'
            USING ERRCODE = 'check_violation', TABLE = 'community_financeentry', CONSTRAINT = 'financeentry_month_open';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER community_finance_inserted AFTER INSERT ON community_financeentry
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION community_check_finance_month();
CREATE TRIGGER community_finance_changed AFTER UPDATE ON community_financeentry
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION community_check_finance_month();
CREATE TRIGGER community_finance_changed_from AFTER UPDATE ON community_financeentry
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION community_check_finance_month();

-- Likewise what is deleted by the committee; the purge of what is past keeping runs as the owner.
CREATE FUNCTION community_check_finance_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'liren_app' AND EXISTS (
        SELECT FROM touched t
        JOIN community_financemonth m ON m.community_id = t.community_id
            AND m.month >= date_trunc('month', t."on")::date AND m.reopened_at IS NULL
    ) THEN
        RAISE EXCEPTION 'the month of an entry is closed'
            USING ERRCODE = 'check_violation', TABLE = 'community_financeentry', CONSTRAINT = 'financeentry_month_open';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER community_finance_deleted AFTER DELETE ON community_financeentry
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION community_check_finance_deleted();
