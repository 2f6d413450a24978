-- The undo of a hotline list deletes the requests that it took in. The runtime role deletes no step; this function
-- deletes the steps of requests of that batch on which nobody took one.
CREATE FUNCTION services_delete_hotline_receipts(of_community bigint, of_action text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM services_requeststep AS step USING services_request AS request, services_requestevent AS event
    WHERE of_community = ANY ((string_to_array(NULLIF(current_setting('liren.write_communities', true), ''), ','))::bigint[])
        AND step.community_id = of_community AND request.community_id = of_community AND event.community_id = of_community
        AND step.case_id = request.id AND request.channel = 'hotline'
        AND NOT EXISTS (
            SELECT FROM services_requeststep AS other
            WHERE other.community_id = of_community AND other.case_id = request.id AND other.name NOT IN ('receive', 'listed')
        )
        AND event.pgh_obj_id = request.id AND event.pgh_label = 'insert' AND event.pgh_context ->> 'action' = of_action
        AND of_action LIKE 'import %'
$$;
REVOKE ALL ON FUNCTION services_delete_hotline_receipts(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_delete_hotline_receipts(bigint, text) TO liren_app;
