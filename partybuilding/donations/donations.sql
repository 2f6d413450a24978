-- A donation for whoever knows its code: what was promised, received and spent, without any name. Money counts once its entry is
-- approved; a void receipt stays listed. The words of a use are those that were written for the donor, never the entry's own.
CREATE FUNCTION partybuilding_donation_by_code(hash bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT jsonb_build_object(
        'community_id', d.community_id, 'on', d."on", 'amount', d.amount, 'purpose', d.purpose,
        'is_earlier', d.is_earlier, 'lapsed_on', d.lapsed_on,
        'receipts', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'year', r.year, 'serial', r.serial, 'on', r."on", 'amount', r.amount, 'voided_on', r.voided_on,
                'is_booked', e.state = 'approved'
            ) ORDER BY r.year, r.serial), '[]')
            FROM partybuilding_donationreceipt r
            JOIN community_financeentry e ON e.community_id = r.community_id AND e.id = r.entry_id
            WHERE r.community_id = d.community_id AND r.donation_id = d.id
        ),
        'uses', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'on', e."on", 'words', u.words, 'amount', u.amount
            ) ORDER BY e."on", u.id), '[]')
            FROM partybuilding_donationuse u
            JOIN partybuilding_donationreceipt r ON r.community_id = u.community_id AND r.id = u.receipt_id
            JOIN community_financeentry e ON e.community_id = u.community_id AND e.id = u.entry_id
            WHERE r.community_id = d.community_id AND r.donation_id = d.id AND r.voided_on IS NULL
                AND u.ended_on IS NULL
        )
    )
    FROM partybuilding_donation d WHERE d.code_hash = hash
$$;
REVOKE ALL ON FUNCTION partybuilding_donation_by_code(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partybuilding_donation_by_code(bytea) TO liren_public;
