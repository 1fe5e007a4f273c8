/// The job: a table copied as it changes.
struct CopyScript {
    let table: String
    let sourcePort: Int
    let targetPort: Int
    let commitMode: String
    let checkpointInterval: String

    private let columns = """
        id BIGINT, account BIGINT, amount DECIMAL(18, 2), note STRING,
            PRIMARY KEY (id) NOT ENFORCED
        """

    var text: String {
        """
        SET 'execution.checkpointing.interval' = '\(checkpointInterval)';
        CREATE TABLE source_changes (
            \(columns)
        ) WITH (
            'connector' = 'postgres-cdc', 'hostname' = '127.0.0.1', 'port' = '\(sourcePort)',
            'username' = 'postgres', 'password' = 'secret', 'database-name' = 'postgres',
            'schema-name' = 'public', 'table-name' = '\(table)', 'slot.name' = '\(table)',
            'decoding.plugin.name' = 'pgoutput', 'changelog-mode' = 'upsert'
        );
        CREATE TABLE target_changes (
            \(columns)
        ) WITH (
            'connector' = 'jdbc', 'url' = 'jdbc:postgresql://127.0.0.1:\(targetPort)/postgres',
            'username' = 'postgres', 'password' = 'secret', 'table-name' = '\(table)',
            'sink.commit-mode' = '\(commitMode)'
        );
        INSERT INTO target_changes SELECT id, account, amount, note FROM source_changes;
        """
    }
}
