package org.slipway.standin.command;

import de.bwaldvogel.mongo.bson.Document;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The commands that this server has. */
public final class CommandTable {

    public enum Kind {
        /** Needs no login and no lock. */
        FREE,
        /** Reads data; many at once. */
        READ,
        /** Writes user data: alone, and refused while user writes are blocked. */
        WRITE,
        /** Changes the server itself: alone, and not refused by a write block. */
        ADMIN,
    }

    public record Entry(String name, Kind kind, Function<Command, List<Need>> needs, Function<Command, Document> run) {
        /** A pipeline that ends in `$out` or `$merge` writes. */
        Kind kind(Command command) {
            if (!name.equals("aggregate") || !(command.body().get("pipeline") instanceof List<?> stages)) return kind;
            boolean writes = stages.stream().anyMatch(stage -> ((Document) stage).containsKey("$out") || ((Document) stage).containsKey("$merge"));
            return writes ? Kind.WRITE : kind;
        }
    }

    private final Map<String, Entry> entries = new HashMap<>();

    public void add(String name, Kind kind, Function<Command, List<Need>> needs, Function<Command, Document> run) {
        entries.put(name.toLowerCase(java.util.Locale.ROOT), new Entry(name, kind, needs, run));
    }

    public void free(String name, Function<Command, Document> run) {
        add(name, Kind.FREE, command -> List.of(), run);
    }

    /** @throws RuntimeException CommandNotFound */
    public Entry find(String name) {
        Entry entry = entries.get(name.toLowerCase(java.util.Locale.ROOT));
        if (entry == null) throw Failure.commandNotFound(name);
        return entry;
    }
}
