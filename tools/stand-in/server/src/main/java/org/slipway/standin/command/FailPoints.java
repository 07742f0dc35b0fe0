package org.slipway.standin.command;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import java.time.Instant;
import java.util.List;

/**
 * Plays mongod's test command `configureFailPoint` for the fail point `failCommand`: commands that answer with an error,
 * late, or by closing the connection. Additions of ours: `data.afterwards`, which closes the connection when the
 * command is done, so that the client does not know its outcome; `data.holding`, the `_id` of a document that an insert must
 * hold to fail; and the fail point `clock`, which puts the server's clock
 * ahead by `data.aheadSeconds`, or back where that is negative.
 */
public final class FailPoints {

    private Document data;
    private long skip;
    private long times;
    private long aheadSeconds;

    Document configure(Command command) {
        if ("clock".equals(command.body().get("configureFailPoint"))) return setClock(command);
        if (!"failCommand".equals(command.body().get("configureFailPoint"))) throw Failure.badValue("only the fail points failCommand and clock are played");
        Object mode = command.body().get("mode");
        synchronized (this) {
            data = "off".equals(mode) ? null : (Document) command.body().get("data");
            skip = number(mode, "skip", 0);
            times = number(mode, "times", Long.MAX_VALUE);
        }
        return Command.ok(new Document());
    }

    private Document setClock(Command command) {
        boolean off = "off".equals(command.body().get("mode"));
        synchronized (this) {
            aheadSeconds = off ? 0 : number(command.body().get("data"), "aheadSeconds", 0);
        }
        return Command.ok(new Document());
    }

    /** The server's clock. */
    synchronized Instant now() {
        return Instant.now().plusSeconds(aheadSeconds);
    }

    /** What is to befall this command, or null. */
    synchronized Document take(Command command) {
        if (data == null || times == 0) return null;
        if (!(data.get("failCommands") instanceof List<?> names) || !names.contains(command.name())) return null;
        if (data.get("namespace") instanceof String namespace && !namespace.equals(command.db() + "." + command.body().get(command.name()))) return null;
        if (data.containsKey("holding") && !holds(command, data.get("holding"))) return null;
        if (skip > 0) {
            skip--;
            return null;
        }
        times--;
        return data;
    }

    /** Waits and fails as the fail point says. @return true when the connection is to be closed at once. */
    static boolean before(Document fault) {
        if (Boolean.TRUE.equals(fault.get("blockConnection"))) {
            try {
                Thread.sleep(((Number) fault.getOrDefault("blockTimeMS", 0)).longValue());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
        if (fault.get("errorCode") instanceof Number code) throw new MongoServerError(code.intValue(), "Failing command via 'failCommand' failpoint");
        return Boolean.TRUE.equals(fault.get("closeConnection")) && !afterwards(fault);
    }

    static boolean afterwards(Document fault) {
        return Boolean.TRUE.equals(fault.get("afterwards"));
    }

    private static boolean holds(Command command, Object id) {
        return command.body().get("documents") instanceof List<?> documents
            && documents.stream().anyMatch(one -> one instanceof Document document && id.equals(document.get("_id")));
    }

    private static long number(Object mode, String field, long otherwise) {
        return mode instanceof Document document && document.get(field) instanceof Number number ? number.longValue() : otherwise;
    }
}
