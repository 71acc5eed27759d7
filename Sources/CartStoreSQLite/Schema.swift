/// The numbered steps that bring a database file to the present form. Steps are only ever added; one that was released is never
/// changed, and the file remembers the hash of each that was applied.
enum Schema {
    static let migrations: [String] = [
        carts, credentials, answers, keyKinds, keyLives, auditTrail, keyUsage, figures, coordination, documentFacts,
    ]

    /// Carts and what finds them.
    ///
    /// - `carts`: narrow columns to find a cart by. `customer` and `email` are folded.
    /// - `cart_documents`: what is shown of a cart, apart, so that whatever goes through many rows of `carts` does not read it.
    /// - One index for each order of a list. Behind its value each carries what a filter may ask for (flags, store and, where the
    ///   states need them, times), so that a walk along it reads no row of the table that it does not show.
    /// - `cart_ranks`: each order cut into runs of neighbours with their counts, so that the n-th cart is found without counting n.
    /// - `cart_facets`: how many carts there are of each store and combination of flags.
    /// - `cart_search`: trigrams of name, e-mail and key.
    /// - `counters`: the number that ids and revisions are taken from.
    /// - `sqlite_stat1` is written by hand: the planner then knows which index is selective, and plans are the same on every machine.
    private static let carts = """
        CREATE TABLE carts (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL,
            store_id INTEGER NOT NULL,
            owner_id INTEGER NOT NULL,
            flags INTEGER NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            total INTEGER NOT NULL,
            products_total INTEGER NOT NULL,
            customer TEXT NOT NULL,
            email TEXT NOT NULL,
            source TEXT NOT NULL,
            products TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX carts_key ON carts (key);
        CREATE INDEX carts_id ON carts (id, owner_id, flags, store_id, updated, expires);
        CREATE INDEX carts_created ON carts (created, owner_id, id, flags, store_id);
        CREATE INDEX carts_updated ON carts (updated, owner_id, id, flags, store_id, expires);
        CREATE INDEX carts_expires ON carts (expires, owner_id, id, flags, store_id, updated);
        CREATE INDEX carts_total ON carts (total, owner_id, id, flags, store_id);
        CREATE INDEX carts_products_total ON carts (products_total, owner_id, id, flags, store_id);
        CREATE INDEX carts_customer ON carts (customer, owner_id, id, flags, store_id, email);
        CREATE INDEX carts_owner ON carts (owner_id, created, id, flags, store_id);
        CREATE INDEX carts_email ON carts (email, id, flags, store_id) WHERE email <> '';
        CREATE INDEX carts_source ON carts (source, id, flags, store_id);

        CREATE TABLE cart_documents (
            id INTEGER PRIMARY KEY,
            revision INTEGER NOT NULL,
            was_abandoned INTEGER NOT NULL,
            document BLOB NOT NULL
        ) STRICT;

        CREATE TABLE cart_products (
            product_id INTEGER NOT NULL,
            cart_id INTEGER NOT NULL,
            kinds INTEGER NOT NULL,
            PRIMARY KEY (product_id, cart_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE cart_ranks (
            sort INTEGER NOT NULL,
            value ANY NOT NULL,
            owner_id INTEGER NOT NULL,
            id INTEGER NOT NULL,
            carts INTEGER NOT NULL,
            filled INTEGER NOT NULL,
            PRIMARY KEY (sort, value, owner_id, id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE cart_facets (
            store_id INTEGER NOT NULL,
            flags INTEGER NOT NULL,
            carts INTEGER NOT NULL,
            PRIMARY KEY (store_id, flags)
        ) STRICT, WITHOUT ROWID;

        CREATE VIRTUAL TABLE cart_search USING fts5(
            name, email, key, content='', detail=none, columnsize=0, tokenize='trigram case_sensitive 1'
        );

        CREATE TABLE counters (
            name TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO counters VALUES ('revision', 0), ('credentials', 0);

        ANALYZE;
        DELETE FROM sqlite_stat1;
        INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
            ('carts', 'carts_key', '1000000 1'),
            ('carts', 'carts_id', '1000000 1 1 1 1 1 1'),
            ('carts', 'carts_created', '1000000 4 1 1 1 1'),
            ('carts', 'carts_updated', '1000000 4 1 1 1 1 1'),
            ('carts', 'carts_expires', '1000000 4 1 1 1 1 1'),
            ('carts', 'carts_total', '1000000 100 1 1 1 1'),
            ('carts', 'carts_products_total', '1000000 100 1 1 1 1'),
            ('carts', 'carts_customer', '1000000 20 1 1 1 1 1'),
            ('carts', 'carts_owner', '1000000 2 1 1 1 1'),
            ('carts', 'carts_email', '500000 2 1 1 1'),
            ('carts', 'carts_source', '1000000 200000 1 1 1'),
            ('cart_products', 'cart_products', '3000000 5000 1');
        """

    private static let credentials = """
        CREATE TABLE users (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            folded_name TEXT NOT NULL UNIQUE,
            email TEXT NOT NULL,
            folded_email TEXT NOT NULL UNIQUE,
            role TEXT NOT NULL,
            password TEXT NOT NULL,
            created INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE consumer_keys (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            user_id INTEGER NOT NULL,
            description TEXT NOT NULL,
            permission TEXT NOT NULL,
            store_id INTEGER,
            allowed_ranges TEXT NOT NULL,
            key_hash TEXT NOT NULL UNIQUE,
            secret_hash BLOB NOT NULL,
            truncated_key TEXT NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER,
            revoked INTEGER,
            last_access INTEGER,
            requests INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX consumer_keys_user ON consumer_keys (user_id);
        """

    /// Answers to requests that may be sent again. They are found by `request`, a hash, and forgotten by `expires`.
    private static let answers = """
        CREATE TABLE answers (
            id INTEGER PRIMARY KEY,
            request BLOB NOT NULL UNIQUE,
            expires INTEGER NOT NULL,
            answer BLOB NOT NULL
        ) STRICT;
        CREATE INDEX answers_expires ON answers (expires);
        """

    private static let keyKinds = "ALTER TABLE consumer_keys ADD COLUMN kind TEXT NOT NULL DEFAULT 'cocart'"

    /// What a key was before it was rotated, until when that works, and whether it is switched off.
    private static let keyLives = """
        ALTER TABLE consumer_keys ADD COLUMN disabled INTEGER;
        ALTER TABLE consumer_keys ADD COLUMN previous_key_hash TEXT;
        ALTER TABLE consumer_keys ADD COLUMN previous_secret_hash BLOB;
        ALTER TABLE consumer_keys ADD COLUMN previous_until INTEGER;
        CREATE INDEX consumer_keys_previous ON consumer_keys (previous_key_hash) WHERE previous_key_hash IS NOT NULL;
        """

    /// Who did what. The entry of a cart's write has the write's revision for its id.
    private static let auditTrail = """
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            address TEXT,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            details TEXT NOT NULL
        ) STRICT;
        CREATE INDEX audit_at ON audit (at);
        CREATE INDEX audit_actor ON audit (actor, at);
        CREATE INDEX audit_action ON audit (action, at);
        CREATE INDEX audit_subject ON audit (subject, at);
        INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
            ('audit', 'audit_at', '10000000 2'),
            ('audit', 'audit_actor', '10000000 500000 2'),
            ('audit', 'audit_action', '10000000 1000000 2'),
            ('audit', 'audit_subject', '10000000 5 1');
        """

    /// How keys are used: requests by day and kind, and the addresses that they were used from lately.
    private static let keyUsage = """
        ALTER TABLE consumer_keys ADD COLUMN enabled INTEGER;
        ALTER TABLE consumer_keys ADD COLUMN last_address TEXT;
        ALTER TABLE consumer_keys ADD COLUMN last_from_page INTEGER;
        CREATE TABLE key_usage (
            key_id INTEGER NOT NULL,
            day INTEGER NOT NULL,
            kind TEXT NOT NULL,
            requests INTEGER NOT NULL,
            PRIMARY KEY (key_id, day, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE key_addresses (
            key_id INTEGER NOT NULL,
            address TEXT NOT NULL,
            last_access INTEGER NOT NULL,
            PRIMARY KEY (key_id, address)
        ) STRICT, WITHOUT ROWID;
        """

    /// What figures are made of: currency and number of items of each cart, and what happened to carts, counted by quarters of an hour.
    private static let figures = """
        ALTER TABLE carts ADD COLUMN currency TEXT NOT NULL DEFAULT '';
        ALTER TABLE carts ADD COLUMN items INTEGER NOT NULL DEFAULT 0;
        UPDATE carts SET currency = coalesce(json_extract(text, '$.currency'), ''), items = (
            SELECT count(*) FROM json_each(text, '$.items')
            WHERE CASE type WHEN 'object' THEN json_extract(value, '$.kind') END = 'cart'
        )
        FROM (SELECT id AS of_id, CAST(document AS TEXT) AS text FROM cart_documents) WHERE carts.id = of_id AND json_valid(text);
        CREATE TABLE cart_events (
            store_id INTEGER NOT NULL,
            event TEXT NOT NULL,
            quarter INTEGER NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (store_id, event, quarter)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO cart_events
        SELECT store_id, 'created', min(created, 1000 * CAST(strftime('%s', 'now') AS INTEGER)) / 900000, count(*) FROM carts GROUP BY 1, 3;
        """

    /// Counts in `cart_events` that all carts were created.
    static let countCreated = """
        INSERT INTO cart_events
        SELECT store_id, 'created', min(created, ?1) / 900000, count(*) FROM carts INDEXED BY carts_created WHERE true GROUP BY 1, 3
        ON CONFLICT DO UPDATE SET count = count + excluded.count
        """

    /// What is known of a cart beside its document, in the same row: what shows one cart then reads no other.
    private static let documentFacts = """
        CREATE TABLE documents_with_facts (
            id INTEGER PRIMARY KEY,
            revision INTEGER NOT NULL,
            store_id INTEGER NOT NULL,
            owner_id INTEGER NOT NULL,
            flags INTEGER NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            document BLOB NOT NULL
        ) STRICT;
        INSERT INTO documents_with_facts
        SELECT id, revision, store_id, owner_id, flags, created, updated, expires, document FROM cart_documents JOIN carts USING (id);
        DROP TABLE cart_documents;
        ALTER TABLE documents_with_facts RENAME TO cart_documents;
        """

    /// Who has signed in, who does work alone, and what services leave for others to read.
    private static let coordination = """
        CREATE TABLE sessions (
            id BLOB PRIMARY KEY,
            user_id INTEGER NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sessions_expires ON sessions (expires);
        CREATE INDEX sessions_user ON sessions (user_id);

        CREATE TABLE leases (
            name TEXT PRIMARY KEY,
            holder TEXT NOT NULL,
            expires INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE notes (
            name TEXT PRIMARY KEY,
            note BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
