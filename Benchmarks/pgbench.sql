-- The statements by which our server writes one changed cart, or several (:group) in one transaction, for pgbench -M prepared. writes.py
-- compares their texts with those that the server sends: what is changed there is to be changed here.

-- What the server knows from the request and the answers: random carts with more to buy, their entries of the audit trail and counts. It
-- stands for the look at the cart that the server takes before its transaction, and is no part of the comparison. The document stays as
-- it is, which makes no difference to what is written. The flags are those of Schema.swift, the times those of CartPolicy.swift. Numbers
-- that are above all others and never the same twice stand for the revisions, since pgbench cannot make arrays.
WITH given AS (
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now,
        (extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 128 + :client_id AS base
), places AS (
    SELECT (1 + random() * (SELECT max(id) - 1 FROM carts))::bigint AS place FROM generate_series(1, :group::integer)
), found AS (
    SELECT DISTINCT ON (id) it.* FROM places
    CROSS JOIN LATERAL (SELECT * FROM carts WHERE id >= place AND flags & 1 = 1 ORDER BY id LIMIT 1) AS it
), old AS MATERIALIZED (
    SELECT found.*, document, now, base + row_number() OVER () AS new_revision, updated + 3600000 AS moment,
        100 + (random() * 5000)::bigint AS more,
        flags & 8 = 0 AND updated + 3600000 <= now AND updated + 3600000 < expires AS is_abandoned
    FROM found JOIN (SELECT key, document FROM cart_documents) AS documents USING (key) CROSS JOIN given
), cart AS MATERIALIZED (
    SELECT *, CASE WHEN is_abandoned THEN flags | 16 ELSE flags END AS new_flags,
        now + CASE WHEN flags & 64 = 0 THEN 7 ELSE 2 END * 86400000::bigint AS new_expires
    FROM old
), written AS (
    SELECT array_agg(key) AS keys, array_agg(id) AS ids, array_agg(new_revision) AS revisions, array_agg(store_id) AS stores,
        array_agg(owner_id) AS owners, array_agg(new_flags) AS flags, array_agg(created) AS created, array_agg(now) AS updated,
        array_agg(new_expires) AS expires, array_agg(total + more) AS totals, array_agg(products_total + more) AS products_totals,
        array_agg(items) AS items, array_agg(customer) AS customers, array_agg(email) AS emails, array_agg(source) AS sources,
        array_agg(products) AS products, array_agg(currency) AS currencies, array_agg(document) AS documents,
        array_agg('key:1'::text) AS actors, array_agg('127.0.0.1'::text) AS addresses, array_agg('cart.replace'::text) AS actions,
        array_agg('cart:' || key) AS subjects,
        array_agg(json_build_object(
            'before', json_build_object(
                'revision', revision, 'owner_id', owner_id, 'total', total, 'products', items, 'email', left(email, 14)),
            'after', json_build_object(
                'revision', new_revision, 'owner_id', owner_id, 'total', total + more, 'products', items, 'email', left(email, 14))
        )::text) AS details
    FROM cart
), happened AS (
    SELECT coalesce(array_agg(store_id), '{}') AS event_stores, coalesce(array_agg(event), '{}') AS events,
        coalesce(array_agg(quarter), '{}') AS quarters, coalesce(array_agg(count), '{}') AS event_counts
    FROM (
        SELECT store_id, event, at / 900000 AS quarter, count(*) AS count
        FROM cart CROSS JOIN LATERAL (VALUES ('abandoned', moment), ('recovered', now)) AS event (event, at)
        WHERE is_abandoned GROUP BY 1, 2, 3
    ) AS counted
), flagged AS (
    SELECT coalesce(array_agg(store_id), '{}') AS facet_stores, coalesce(array_agg(flags), '{}') AS facet_flags,
        coalesce(array_agg(count), '{}') AS facet_counts
    FROM (
        SELECT store_id, facet.flags, sum(count)::bigint AS count
        FROM cart CROSS JOIN LATERAL (VALUES (cart.flags, -1), (new_flags, 1)) AS facet (flags, count)
        GROUP BY 1, 2 HAVING sum(count) <> 0
    ) AS counted
), moved AS (
    SELECT array_agg(sort) AS sorts, array_agg(value) AS sort_values, array_agg(''::text) AS sort_names,
        array_agg(owner_id) AS sort_owners, array_agg(id) AS sort_ids, array_agg(count) AS sort_counts
    FROM cart CROSS JOIN LATERAL (VALUES
        (2, updated, -1), (2, now, 1), (3, expires, -1), (3, new_expires, 1), (4, total, -1), (4, total + more, 1),
        (5, products_total, -1), (5, products_total + more, 1)
    ) AS place (sort, value, count)
)
SELECT *, events <> '{}' AS has_events, facet_flags <> '{}' AS has_facets FROM written, happened, flagged, moved \gset

BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT value FROM counters WHERE name = 'revision' FOR UPDATE \gset
\set last :value + :group
SELECT id, revision, carts.key, carts.store_id, carts.owner_id, carts.flags, carts.created, carts.updated, carts.expires, carts.total,
    carts.products_total, carts.customer, carts.email, carts.source, carts.products, carts.currency, carts.items
FROM carts WHERE key = ANY(:keys);
-- In one round trip, as the server sends them.
\startpipeline
INSERT INTO carts (
    key, id, revision, store_id, owner_id, flags, created, updated, expires, total, products_total, items, customer, email, source,
    products, currency
) SELECT * FROM unnest(
    :keys::text[], :ids::bigint[], :revisions::bigint[], :stores::bigint[], :owners::bigint[], :flags::bigint[], :created::bigint[],
    :updated::bigint[], :expires::bigint[], :totals::bigint[], :products_totals::bigint[], :items::bigint[], :customers::text[],
    :emails::text[], :sources::text[], :products::text[], :currencies::text[]
) ON CONFLICT (key) DO UPDATE SET
    id = excluded.id, revision = excluded.revision, store_id = excluded.store_id, owner_id = excluded.owner_id, flags = excluded.flags,
    created = excluded.created, updated = excluded.updated, expires = excluded.expires, total = excluded.total,
    products_total = excluded.products_total, items = excluded.items, customer = excluded.customer, email = excluded.email,
    source = excluded.source, products = excluded.products, currency = excluded.currency;
INSERT INTO cart_documents (key, id, revision, store_id, owner_id, flags, created, updated, expires, document)
SELECT * FROM unnest(
    :keys::text[], :ids::bigint[], :revisions::bigint[], :stores::bigint[], :owners::bigint[], :flags::bigint[], :created::bigint[],
    :updated::bigint[], :expires::bigint[], :documents::bytea[]
) ON CONFLICT (key) DO UPDATE SET
    id = excluded.id, revision = excluded.revision, store_id = excluded.store_id, owner_id = excluded.owner_id, flags = excluded.flags,
    created = excluded.created, updated = excluded.updated, expires = excluded.expires, document = excluded.document;
INSERT INTO audit (id, at, actor, address, action, subject, details) SELECT * FROM unnest(
    :revisions::bigint[], :updated::bigint[], :actors::text[], :addresses::text[], :actions::text[], :subjects::text[], :details::text[]
);
UPDATE counters SET value = :last WHERE name = 'revision';
\if :has_events
INSERT INTO cart_events (store_id, event, quarter, count)
SELECT * FROM unnest(:event_stores::bigint[], :events::text[], :quarters::bigint[], :event_counts::bigint[])
ON CONFLICT (store_id, event, quarter) DO UPDATE SET count = cart_events.count + excluded.count;
\endif
\if :has_facets
INSERT INTO cart_facets (store_id, flags, carts)
SELECT * FROM unnest(:facet_stores::bigint[], :facet_flags::bigint[], :facet_counts::bigint[])
ON CONFLICT (store_id, flags) DO UPDATE SET carts = cart_facets.carts + excluded.carts;
DELETE FROM cart_facets USING unnest(:facet_stores::bigint[], :facet_flags::bigint[]) AS left_over (store_id, flags)
WHERE cart_facets.store_id = left_over.store_id AND cart_facets.flags = left_over.flags AND carts = 0;
\endif
UPDATE cart_ranks SET carts = cart_ranks.carts + changed.carts, filled = cart_ranks.filled + changed.filled
FROM (
    SELECT run.sort, run.value, run.name, run.owner_id, run.id, sum(cart.carts)::bigint AS carts, sum(cart.filled)::bigint AS filled
    FROM unnest(
        :sorts::bigint[], :sort_values::bigint[], :sort_names::text[], :sort_owners::bigint[], :sort_ids::bigint[],
        :sort_counts::bigint[], :sort_counts::bigint[]
    ) AS cart (sort, value, name, owner_id, id, carts, filled)
    CROSS JOIN LATERAL (
        SELECT sort, value, name, owner_id, id FROM cart_ranks AS it
        WHERE it.sort = cart.sort
        AND (it.value, it.name, it.owner_id, it.id) <= (cart.value, cart.name, cart.owner_id, cart.id)
        ORDER BY value DESC, name DESC, owner_id DESC, id DESC LIMIT 1
    ) AS run
    GROUP BY run.sort, run.value, run.name, run.owner_id, run.id
    HAVING sum(cart.carts) <> 0 OR sum(cart.filled) <> 0
) AS changed
WHERE cart_ranks.sort = changed.sort AND cart_ranks.value = changed.value AND cart_ranks.name = changed.name
AND cart_ranks.owner_id = changed.owner_id AND cart_ranks.id = changed.id
RETURNING cart_ranks.sort, cart_ranks.value, cart_ranks.name, cart_ranks.owner_id, cart_ranks.id, cart_ranks.carts;
COMMIT;
\endpipeline
