/// Scripts that several suites run.
enum Scripts {
    /// Counts made-up clicks without end, with a state of a few pages.
    static func countingPages(checkpointEvery interval: String) -> String {
        """
        SET 'execution.checkpointing.interval' = '\(interval)';
        CREATE TABLE clicks (page STRING) WITH (
            'connector' = 'datagen', 'rows-per-second' = '1000', 'fields.page.length' = '1'
        );
        CREATE TABLE pages (page STRING, clicks BIGINT) WITH ('connector' = 'blackhole');
        INSERT INTO pages SELECT page, COUNT(*) FROM clicks GROUP BY page;
        """
    }
}
