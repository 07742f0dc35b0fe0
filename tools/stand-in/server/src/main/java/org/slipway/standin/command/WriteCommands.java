package org.slipway.standin.command;

import static org.slipway.standin.command.CommandTable.Kind.WRITE;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.exception.MongoServerException;
import java.util.ArrayList;
import java.util.List;
import org.slipway.standin.wire.BsonSize;

/** Inserts, updates and deletes, with mongod's counts and its order of errors, which the core has not. */
final class WriteCommands {

    private static final int MOST_DOCUMENT_BYTES = 16 * 1024 * 1024;

    private final Core core;
    private final Catalog catalog;

    WriteCommands(Core core, Catalog catalog) {
        this.core = core;
        this.catalog = catalog;
    }

    void addTo(CommandTable table) {
        table.add("insert", WRITE, command -> Need.on(command, "insert"), this::insert);
        table.add("update", WRITE, Need::ofUpdate, command -> oneByOne(command, "updates"));
        table.add("delete", WRITE, command -> Need.on(command, "remove"), command -> oneByOne(command, "deletes"));
        table.add("findAndModify", WRITE, Need::ofFindAndModify, this::findAndModify);
    }

    /** The reply to a batch of which nothing was done: as mongod's, with an error per document. */
    static Document refused(Command command, MongoServerError error) {
        List<Document> errors = new ArrayList<>();
        int most = ordered(command) ? 1 : operations(command).size();
        for (int index = 0; index < most; index++) errors.add(writeError(index, error));
        return Command.ok(new Document("n", 0).append("writeErrors", errors));
    }

    static boolean isBatch(Command command) {
        return command.body().containsKey("documents") || command.body().containsKey("updates") || command.body().containsKey("deletes");
    }

    private Document insert(Command command) {
        refuseView(command);
        List<Document> documents = operations(command);
        if (documents.isEmpty()) throw Failure.badValue("Write batch sizes must be between 1 and 100000. Got 0 operations.");
        // A message that is no larger than that cannot hold a document that is.
        for (int index = 0; command.bytes() > MOST_DOCUMENT_BYTES && index < documents.size(); index++) {
            int size = BsonSize.of(documents.get(index));
            if (size > MOST_DOCUMENT_BYTES) {
                throw new MongoServerError(10334, "BSONObjectTooLarge", "object to insert too large. size in bytes: " + size + ", max size: " + MOST_DOCUMENT_BYTES);
            }
        }
        Document body = new Document(command.body()).append("ordered", ordered(command));
        Document reply = core.run(command, body);
        // The core counts the documents that it was given, not those that it took.
        if (reply.get("writeErrors") instanceof List<?> errors) {
            Object first = ((Document) errors.get(0)).get("index");
            reply.put("n", ordered(command) ? first : (Object) (documents.size() - errors.size()));
        }
        return reply;
    }

    private Document oneByOne(Command command, String field) {
        refuseView(command);
        int n = 0;
        int modified = 0;
        List<Document> upserted = new ArrayList<>();
        List<Document> errors = new ArrayList<>();
        List<Document> operations = operations(command);
        for (int index = 0; index < operations.size(); index++) {
            try {
                Document reply = core.run(command, new Document(command.body()).append(field, List.of(operations.get(index))));
                if (reply.get("writeErrors") instanceof List<?> failed) errors.add(((Document) failed.get(0)).append("index", index));
                n += (Integer) reply.get("n");
                modified += (Integer) reply.getOrDefault("nModified", 0);
                for (Object one : (Iterable<?>) reply.getOrDefault("upserted", List.of())) upserted.add(((Document) one).append("index", index));
            } catch (MongoServerException failed) {
                errors.add(writeError(index, failed));
            }
            if (!errors.isEmpty() && ordered(command)) break;
        }
        Document reply = new Document("n", n);
        if (field.equals("updates")) reply.append("nModified", modified);
        if (!upserted.isEmpty()) reply.append("upserted", upserted);
        if (!errors.isEmpty()) reply.append("writeErrors", errors);
        return Command.ok(reply);
    }

    private Document findAndModify(Command command) {
        refuseView(command);
        Document reply = core.run(command, command.body());
        if (!reply.containsKey("lastErrorObject")) {
            // The core says nothing of an upsert, nor of a removal.
            boolean found = reply.get("value") != null && command.flag("remove");
            Document last = new Document("n", found || (command.flag("upsert") && !command.flag("remove")) ? 1 : 0);
            if (!command.flag("remove")) last.append("updatedExisting", false);
            reply.append("lastErrorObject", last);
        }
        return reply;
    }

    private void refuseView(Command command) {
        if (catalog.view(command.db(), command.collection()) != null) {
            throw new MongoServerError(166, "CommandNotSupportedOnView", "Namespace " + command.namespace() + " is a view, not a collection");
        }
    }

    private static boolean ordered(Command command) {
        return !Boolean.FALSE.equals(command.body().get("ordered"));
    }

    @SuppressWarnings("unchecked")
    private static List<Document> operations(Command command) {
        for (String field : List.of("documents", "updates", "deletes")) {
            if (command.body().get(field) instanceof List<?> operations) return (List<Document>) operations;
        }
        throw Failure.missingField(command.name(), "documents");
    }

    private static Document writeError(int index, MongoServerException failed) {
        Document error = new Document("index", index);
        if (failed instanceof MongoServerError known) error.append("code", known.getCode()).append("codeName", known.getCodeName());
        else error.append("code", 8).append("codeName", "UnknownError");
        return error.append("errmsg", failed.getMessageWithoutErrorCode());
    }
}
