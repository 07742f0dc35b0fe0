package org.slipway.standin.command;

import de.bwaldvogel.mongo.bson.Document;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Plays `setUserWriteBlockMode` of mongod 6.0 and later: one block for the whole server, kept over restarts. */
public final class WriteBlock {

    /** The reasons that mongod takes, in the order of their numbers in `serverStatus`. */
    enum Reason {
        Unspecified,
        ClusterToClusterMigrationInProgress,
        DiskUseThresholdExceeded,
    }

    private static final String SETTING = "userWriteBlock";
    private static final Set<String> INTERNAL = Set.of("admin", "config", "local");

    private final BiConsumer<String, Document> save;
    private final Map<Reason, Long> counters = new EnumMap<>(Reason.class);
    private volatile Reason blocked;

    /** @param stored what an earlier run saved, or null */
    public WriteBlock(Document stored, BiConsumer<String, Document> save) {
        this.save = save;
        if (stored != null && stored.get("reason") instanceof String reason) blocked = Reason.valueOf(reason);
    }

    /** The command itself. @throws RuntimeException IllegalOperation when somebody else's reason holds. */
    public Document set(Command command) {
        if (!command.db().equals("admin")) throw Failure.adminOnly("setUserWriteBlockMode");
        if (!(command.body().get("global") instanceof Boolean global)) throw Failure.missingField("setUserWriteBlockMode", "global");
        Reason reason = reason(command.body().getOrDefault("reason", "Unspecified"));
        if (blocked != null && blocked != reason) {
            throw Failure.illegalOperation(
                "Cannot " + (global ? "enable" : "disable") + " user write block mode with reason \"" + reason + "\": it is enabled with reason \"" + blocked + "\""
            );
        }
        if (global && blocked == null) counters.merge(reason, 1L, Long::sum);
        Reason now = global ? reason : null;
        if (now != blocked) save.accept(SETTING, now == null ? new Document() : new Document("reason", now.name()));
        blocked = now;
        return Command.ok(new Document());
    }

    /** @throws RuntimeException UserWritesBlocked */
    void check(String db) {
        Reason reason = blocked;
        if (reason != null && !INTERNAL.contains(db)) throw Failure.userWritesBlocked(reason.name());
    }

    /** What `serverStatus` tells in its section `repl`: 1 is off, 2 is on. */
    Document status() {
        Document counts = new Document();
        for (Reason reason : Reason.values()) counts.append(reason.name(), counters.getOrDefault(reason, 0L));
        return new Document("userWriteBlockMode", blocked == null ? 1 : 2)
            .append("userWriteBlockReason", blocked == null ? 0 : blocked.ordinal())
            .append("userWriteBlockModeCounters", counts);
    }

    private static Reason reason(Object value) {
        for (Reason reason : Reason.values()) if (reason.name().equals(value)) return reason;
        throw Failure.badValue("Enumeration value '" + value + "' for field 'setUserWriteBlockMode.reason' is not a valid value; allowed: " + List.of(Reason.values()));
    }
}
