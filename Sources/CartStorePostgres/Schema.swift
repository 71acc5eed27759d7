#if Postgres
import CartCore

/// The numbered steps that bring a database to the present form. Steps are only ever added; one that was released is never changed, and
/// the database remembers the hash of each that was applied.
///
/// They use nothing but what PostgreSQL shares with CockroachDB, YugabyteDB and Citus: no triggers, no functions of our own, no locks
/// but those of rows. Every table about carts can be distributed by the cart's key, and has the store beside it. Texts compare by bytes.
enum Schema {
    /// Each a list of statements.
    static let migrations: [[String]] = [carts, counts, credentials, auditTrail, coordination]

    /// Bytes of a name by which carts are sorted: an entry of an index has room for no more. What stands behind does not decide any order.
    static let mostSortedBytes = 2400
    /// Characters of an e-mail address that its index holds.
    static let indexedEmail = 200

    /// Carts and what finds them.
    ///
    /// - `carts`: narrow columns to find a cart by. `customer` and `email` are folded, `customer` is cut to ``mostSortedBytes``.
    /// - `cart_documents`: what is shown of a cart, apart, so that whatever goes through many rows of `carts` does not read it.
    /// - One index for each order of a list. Behind its value each carries what a filter may ask for (flags, store and, where the states
    ///   need them, times), so that a walk along it reads few rows of the table that it does not show.
    /// - `cart_search`: the texts in which a part is looked for, apart, since most writes of a cart do not change them: the index of
    ///   trigrams, where there is one, is costly to write.
    private static let carts: [String] = [
        """
        CREATE TABLE carts (
            key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
            id BIGINT NOT NULL,
            revision BIGINT NOT NULL,
            store_id BIGINT NOT NULL,
            owner_id BIGINT NOT NULL,
            flags BIGINT NOT NULL,
            created BIGINT NOT NULL,
            updated BIGINT NOT NULL,
            expires BIGINT NOT NULL,
            total BIGINT NOT NULL,
            products_total BIGINT NOT NULL,
            customer TEXT COLLATE "C" NOT NULL,
            email TEXT COLLATE "C" NOT NULL,
            source TEXT COLLATE "C" NOT NULL,
            products TEXT COLLATE "C" NOT NULL,
            currency TEXT COLLATE "C" NOT NULL,
            items BIGINT NOT NULL
        )
        """,
        "CREATE INDEX carts_id ON carts (id) INCLUDE (owner_id, flags, store_id)",
        "CREATE INDEX carts_created ON carts (created, owner_id, id) INCLUDE (flags, store_id)",
        "CREATE INDEX carts_updated ON carts (updated, owner_id, id) INCLUDE (flags, store_id, expires)",
        "CREATE INDEX carts_expires ON carts (expires, owner_id, id) INCLUDE (flags, store_id, updated)",
        "CREATE INDEX carts_total ON carts (total, owner_id, id) INCLUDE (flags, store_id)",
        "CREATE INDEX carts_products_total ON carts (products_total, owner_id, id) INCLUDE (flags, store_id)",
        "CREATE INDEX carts_customer ON carts (customer, owner_id, id) INCLUDE (flags, store_id)",
        "CREATE INDEX carts_owner ON carts (owner_id, created, id)",
        "CREATE INDEX carts_email ON carts (left(email, 200)) WHERE email <> ''",
        "CREATE INDEX carts_source ON carts (source)",
        """
        CREATE TABLE cart_documents (
            key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
            id BIGINT NOT NULL,
            revision BIGINT NOT NULL,
            store_id BIGINT NOT NULL,
            owner_id BIGINT NOT NULL,
            flags BIGINT NOT NULL,
            created BIGINT NOT NULL,
            updated BIGINT NOT NULL,
            expires BIGINT NOT NULL,
            document BYTEA NOT NULL
        )
        """,
        "CREATE INDEX cart_documents_id ON cart_documents (id)",
        """
        CREATE TABLE cart_products (
            key TEXT COLLATE "C" NOT NULL,
            product_id BIGINT NOT NULL,
            kinds BIGINT NOT NULL,
            store_id BIGINT NOT NULL,
            PRIMARY KEY (key, product_id)
        )
        """,
        "CREATE INDEX cart_products_product ON cart_products (product_id, key) INCLUDE (kinds)",
        """
        CREATE TABLE cart_search (
            key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
            store_id BIGINT NOT NULL,
            customer TEXT COLLATE "C" NOT NULL,
            email TEXT COLLATE "C" NOT NULL
        )
        """,
    ]

    /// What many carts are counted by, and the numbers that ids and revisions are taken from.
    ///
    /// - `cart_ranks`: each order cut into runs of neighbours with their counts; `value` is 0 in the order by `name`, and `name` empty in
    ///   all others. The first run of each order begins before everything, and always stands.
    /// - `cart_facets`: how many carts there are of each store and combination of flags.
    /// - `cart_events`: how many carts were created, abandoned and recovered, by store and quarter of an hour.
    private static let counts: [String] = [
        """
        CREATE TABLE cart_ranks (
            sort BIGINT NOT NULL,
            value BIGINT NOT NULL,
            name TEXT COLLATE "C" NOT NULL,
            owner_id BIGINT NOT NULL,
            id BIGINT NOT NULL,
            carts BIGINT NOT NULL,
            filled BIGINT NOT NULL,
            PRIMARY KEY (sort, value, name, owner_id, id)
        ) WITH (fillfactor = 50)
        """,
        """
        INSERT INTO cart_ranks VALUES
            (0, -9223372036854775808, '', 0, 0, 0, 0), (1, -9223372036854775808, '', 0, 0, 0, 0),
            (2, -9223372036854775808, '', 0, 0, 0, 0), (3, -9223372036854775808, '', 0, 0, 0, 0),
            (4, -9223372036854775808, '', 0, 0, 0, 0), (5, -9223372036854775808, '', 0, 0, 0, 0),
            (6, 0, '', 0, 0, 0, 0)
        """,
        """
        CREATE TABLE cart_facets (
            store_id BIGINT NOT NULL,
            flags BIGINT NOT NULL,
            carts BIGINT NOT NULL,
            PRIMARY KEY (store_id, flags)
        ) WITH (fillfactor = 50)
        """,
        """
        CREATE TABLE cart_events (
            store_id BIGINT NOT NULL,
            event TEXT COLLATE "C" NOT NULL,
            quarter BIGINT NOT NULL,
            count BIGINT NOT NULL,
            PRIMARY KEY (store_id, event, quarter)
        )
        """,
        """
        CREATE TABLE counters (
            name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
            value BIGINT NOT NULL
        ) WITH (fillfactor = 50)
        """,
        "INSERT INTO counters VALUES ('revision', 0), ('credentials', 0), ('users', 0), ('consumer_keys', 0)",
    ]

    /// Users, their keys, and how these are used: requests by day and kind, and the addresses that they were used from lately.
    private static let credentials: [String] = [
        """
        CREATE TABLE users (
            id BIGINT NOT NULL PRIMARY KEY,
            name TEXT COLLATE "C" NOT NULL,
            folded_name TEXT COLLATE "C" NOT NULL UNIQUE,
            email TEXT COLLATE "C" NOT NULL,
            folded_email TEXT COLLATE "C" NOT NULL UNIQUE,
            role TEXT COLLATE "C" NOT NULL,
            password TEXT COLLATE "C" NOT NULL,
            created BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE consumer_keys (
            id BIGINT NOT NULL PRIMARY KEY,
            user_id BIGINT NOT NULL,
            kind TEXT COLLATE "C" NOT NULL,
            description TEXT COLLATE "C" NOT NULL,
            permission TEXT COLLATE "C" NOT NULL,
            store_id BIGINT,
            allowed_ranges TEXT COLLATE "C" NOT NULL,
            key_hash TEXT COLLATE "C" NOT NULL UNIQUE,
            secret_hash BYTEA NOT NULL,
            truncated_key TEXT COLLATE "C" NOT NULL,
            created BIGINT NOT NULL,
            expires BIGINT,
            revoked BIGINT,
            disabled BIGINT,
            enabled BIGINT,
            previous_key_hash TEXT COLLATE "C",
            previous_secret_hash BYTEA,
            previous_until BIGINT,
            last_access BIGINT,
            last_address TEXT COLLATE "C",
            last_from_page BIGINT,
            requests BIGINT NOT NULL
        )
        """,
        "CREATE INDEX consumer_keys_user ON consumer_keys (user_id)",
        "CREATE INDEX consumer_keys_previous ON consumer_keys (previous_key_hash) WHERE previous_key_hash IS NOT NULL",
        """
        CREATE TABLE key_usage (
            key_id BIGINT NOT NULL,
            day BIGINT NOT NULL,
            kind TEXT COLLATE "C" NOT NULL,
            requests BIGINT NOT NULL,
            PRIMARY KEY (key_id, day, kind)
        )
        """,
        """
        CREATE TABLE key_addresses (
            key_id BIGINT NOT NULL,
            address TEXT COLLATE "C" NOT NULL,
            last_access BIGINT NOT NULL,
            PRIMARY KEY (key_id, address)
        )
        """,
    ]

    /// Who did what. The entry of a cart's write has the write's revision for its id.
    private static let auditTrail: [String] = [
        """
        CREATE TABLE audit (
            id BIGINT NOT NULL PRIMARY KEY,
            at BIGINT NOT NULL,
            actor TEXT COLLATE "C" NOT NULL,
            address TEXT COLLATE "C",
            action TEXT COLLATE "C" NOT NULL,
            subject TEXT COLLATE "C" NOT NULL,
            details TEXT COLLATE "C" NOT NULL
        )
        """,
        "CREATE INDEX audit_at ON audit (at, id)",
        "CREATE INDEX audit_actor ON audit (actor, at, id)",
        "CREATE INDEX audit_action ON audit (action, at, id)",
        "CREATE INDEX audit_subject ON audit (subject, at, id)",
    ]

    /// Answers to requests that may be sent again, who has signed in, who does work alone, and what services leave for others to read.
    private static let coordination: [String] = [
        """
        CREATE TABLE answers (
            request BYTEA NOT NULL PRIMARY KEY,
            expires BIGINT NOT NULL,
            answer BYTEA NOT NULL
        )
        """,
        "CREATE INDEX answers_expires ON answers (expires)",
        """
        CREATE TABLE sessions (
            id BYTEA NOT NULL PRIMARY KEY,
            user_id BIGINT NOT NULL,
            created BIGINT NOT NULL,
            expires BIGINT NOT NULL
        )
        """,
        "CREATE INDEX sessions_expires ON sessions (expires)",
        "CREATE INDEX sessions_user ON sessions (user_id)",
        """
        CREATE TABLE leases (
            name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
            holder TEXT COLLATE "C" NOT NULL,
            expires BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE notes (
            name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
            note BYTEA NOT NULL
        )
        """,
    ]

    /// Tables whose rows come with the writes of carts; their statistics are brought up to date when a store was filled.
    static let cartTables = [
        "carts", "cart_documents", "cart_products", "cart_search", "cart_ranks", "cart_facets", "audit", "answers",
    ]

    /// Finds parts of texts by trigrams, where the database has the extension `pg_trgm`. Without it the narrow table `cart_search` is
    /// gone through, with the same statements.
    static let trigramIndex = """
        CREATE INDEX IF NOT EXISTS cart_search_trigrams ON cart_search
        USING gin (customer gin_trgm_ops, email gin_trgm_ops, key gin_trgm_ops)
        """
}
#endif
