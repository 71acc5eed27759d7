#if Postgres
import Foundation
import PostgresTesting
import Testing

extension TestDatabase {
    /// Suites that need the server are `.enabled(if: TestDatabase.isExpected, TestDatabase.absence)`. Where CI runs them, a missing server
    /// is a failure.
    static let isExpected = connectionString != nil || ProcessInfo.processInfo.environment["CI"] == "true"
    static let absence: Comment = "NOT TESTED: CORRAL_TEST_POSTGRES names no PostgreSQL server; see make test-postgres"
}
#endif
