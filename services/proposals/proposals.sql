-- The undo of a list of proposals deletes those that it took in. The runtime role deletes no step; this function deletes the
-- receipts of proposals of that batch on which nobody took a step.
CREATE FUNCTION services_delete_proposal_receipts(of_community bigint, of_action text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM services_proposalstep AS step USING services_proposal AS proposal, services_proposalevent AS event
    WHERE of_community = ANY ((string_to_array(NULLIF(current_setting('liren.write_communities', true), ''), ','))::bigint[])
        AND step.community_id = of_community AND proposal.community_id = of_community AND event.community_id = of_community
        AND step.case_id = proposal.id
        AND NOT EXISTS (
            SELECT FROM services_proposalstep AS other
            WHERE other.community_id = of_community AND other.case_id = proposal.id AND other.name <> 'receive'
        )
        AND event.pgh_obj_id = proposal.id AND event.pgh_label = 'insert' AND event.pgh_context ->> 'action' = of_action
        AND of_action LIKE 'import %'
$$;
REVOKE ALL ON FUNCTION services_delete_proposal_receipts(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_delete_proposal_receipts(bigint, text) TO liren_app;
