package org.slipway.standin.command;

import static org.slipway.standin.command.CommandTable.Kind.READ;
import static org.slipway.standin.command.CommandTable.Kind.WRITE;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import java.util.ArrayList;
import java.util.List;

/** Indexes. Unique ones are enforced; the others are only listed. */
final class IndexCommands {

    private final Core core;
    private final Catalog catalog;
    private final Cursors cursors;

    IndexCommands(Core core, Catalog catalog, Cursors cursors) {
        this.core = core;
        this.catalog = catalog;
        this.cursors = cursors;
    }

    void addTo(CommandTable table) {
        table.add("createIndexes", WRITE, command -> Need.on(command, "createIndex"), this::create);
        table.add("dropIndexes", WRITE, command -> Need.on(command, "dropIndex"), this::drop);
        table.add("listIndexes", READ, command -> Need.on(command, "listIndexes"), this::list);
    }

    private Document create(Command command) {
        List<Document> wanted = new ArrayList<>();
        for (Object item : (List<?>) command.body().get("indexes")) {
            Document index = (Document) item;
            if (!(index.get("key") instanceof Document key) || !(index.get("name") instanceof String)) {
                throw Failure.badValue("an index needs a \"key\" and a \"name\"");
            }
            // mongod keeps no name for the index on _id but its own.
            if (!key.keySet().equals(java.util.Set.of("_id"))) wanted.add(new Document("v", 2).appendAll(index));
        }
        boolean fresh = core.collection(new Namespace(command.db(), command.collection())) == null;
        Document reply = core.run(command, new Document(command.body()).append("indexes", wanted));
        return reply.append("createdCollectionAutomatically", fresh && !wanted.isEmpty());
    }

    private Document drop(Command command) {
        Namespace namespace = new Namespace(command.db(), command.collection());
        if (core.collection(namespace) == null) throw Failure.namespaceNotFound("ns not found " + namespace);
        List<Document> indexes = indexes(namespace);
        Object wanted = command.body().get("index");
        List<Document> keys = new ArrayList<>();
        if (wanted instanceof String name && name.equals("*")) {
            for (Document index : indexes) if (!"_id_".equals(index.get("name"))) keys.add((Document) index.get("key"));
        } else {
            for (Object one : wanted instanceof List<?> many ? many : List.of(wanted)) keys.add(key(indexes, one));
        }
        // By key and not by name: the core drops a name in every collection.
        for (Document key : keys) core.run(command, new Document(command.body()).append("index", key));
        return Command.ok(new Document("nIndexesWas", indexes.size()));
    }

    /** `collMod` of an index: when its documents expire. mongod changes nothing else of one that stands, but whether it is hidden. */
    Document modify(Command command, Document wanted) {
        Namespace namespace = new Namespace(command.db(), command.collection());
        List<Document> indexes = indexes(namespace);
        Document key = key(indexes, wanted.containsKey("name") ? wanted.get("name") : wanted.get("keyPattern"));
        Document index = indexes.stream().filter(one -> one.get("key").equals(key)).findFirst().orElseThrow();
        Object before = index.get("expireAfterSeconds");
        if (!(wanted.get("expireAfterSeconds") instanceof Number after)) throw Failure.invalidOptions("no expireAfterSeconds or hidden field");
        if (before == null) throw Failure.invalidOptions("no expireAfterSeconds field to update");
        core.run(command.as("dropIndexes"), new Document("dropIndexes", namespace.collection()).append("index", key).append("$db", namespace.db()));
        Document changed = new Document(index).append("expireAfterSeconds", after);
        core.run(command.as("createIndexes"), new Document("createIndexes", namespace.collection()).append("indexes", List.of(changed)).append("$db", namespace.db()));
        return Command.ok(new Document("expireAfterSeconds_old", before).append("expireAfterSeconds_new", after));
    }

    private static Document key(List<Document> indexes, Object wanted) {
        for (Document index : indexes) {
            if (!index.get("name").equals(wanted) && !index.get("key").equals(wanted)) continue;
            if ("_id_".equals(index.get("name"))) throw Failure.invalidOptions("cannot drop _id index");
            return (Document) index.get("key");
        }
        throw new MongoServerError(27, "IndexNotFound", "index not found with name [" + wanted + "]");
    }

    private Document list(Command command) {
        Namespace namespace = new Namespace(command.db(), command.collection());
        if (catalog.view(namespace.db(), namespace.collection()) != null) {
            throw new MongoServerError(166, "CommandNotSupportedOnView", "Namespace " + namespace + " is a view, not a collection");
        }
        if (core.collection(namespace) == null) throw Failure.namespaceNotFound("ns does not exist: " + namespace);
        Object batchSize = command.body().get("cursor") instanceof Document cursor ? cursor.get("batchSize") : null;
        return cursors.open(namespace.db() + ".$cmd.listIndexes." + namespace.collection(), indexes(namespace), batchSize, false);
    }

    private List<Document> indexes(Namespace namespace) {
        return core.backend().database(namespace.db()).indexes(namespace.collection()).stream().map(IndexCommands::shown).toList();
    }

    private static Document shown(Document index) {
        Document shown = new Document("v", index.get("v")).append("key", index.get("key")).append("name", index.get("name"));
        shown.appendAll(index);
        shown.remove("ns");
        return shown;
    }
}
