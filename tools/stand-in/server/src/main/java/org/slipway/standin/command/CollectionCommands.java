package org.slipway.standin.command;

import static org.slipway.standin.command.CommandTable.Kind.READ;
import static org.slipway.standin.command.CommandTable.Kind.WRITE;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.DefaultQueryMatcher;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.oplog.NoopOplog;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Collections and views as things: created, listed, renamed, dropped. */
final class CollectionCommands {

    // What may stand in a command beside the collection's own options.
    private static final Set<String> NO_OPTIONS = Set.of("create", "collMod", "$db", "lsid", "writeConcern", "comment", "index", "autoIndexId", "idIndex", "$readPreference", "maxTimeMS");

    private final Core core;
    private final Catalog catalog;
    private final Cursors cursors;
    private final IndexCommands indexes;

    CollectionCommands(Core core, Catalog catalog, Cursors cursors, IndexCommands indexes) {
        this.core = core;
        this.catalog = catalog;
        this.cursors = cursors;
        this.indexes = indexes;
    }

    void addTo(CommandTable table) {
        table.add("create", WRITE, command -> Need.on(command, "createCollection"), this::create);
        table.add("collMod", WRITE, command -> Need.on(command, "collMod"), this::collMod);
        table.add("drop", WRITE, command -> Need.on(command, "dropCollection"), this::drop);
        table.add("dropDatabase", WRITE, command -> Need.onDatabase(command, "dropDatabase"), this::dropDatabase);
        table.add("renameCollection", WRITE, Need::ofRename, this::rename);
        table.add("listCollections", READ, command -> Need.onDatabase(command, "listCollections"), this::list);
    }

    private Document create(Command command) {
        Namespace namespace = new Namespace(command.db(), command.collection());
        if (core.collection(namespace) != null || catalog.view(namespace.db(), namespace.collection()) != null) {
            throw new MongoServerError(48, "NamespaceExists", "Collection " + namespace + " already exists.");
        }
        Document options = options(command);
        if (options.containsKey("viewOn")) {
            catalog.putView(namespace, options);
            return Command.ok(new Document());
        }
        if (command.flag("capped") && !options.containsKey("size")) throw Failure.invalidOptions("the 'size' field is required when 'capped' is true");
        // The core refuses capped collections; here they are kept as an option that nothing enforces.
        Document reply = core.run(command, new Document("create", namespace.collection()).append("$db", namespace.db()));
        catalog.putOptions(namespace, options);
        return reply;
    }

    private Document collMod(Command command) {
        Namespace namespace = new Namespace(command.db(), command.collection());
        Document change = options(command);
        Document view = catalog.views(namespace.db()).get(namespace.collection());
        if (view != null) {
            catalog.putView(namespace, new Document(view).appendAll(change));
        } else {
            if (core.collection(namespace) == null) throw Failure.namespaceNotFound("ns does not exist: " + namespace);
            if (command.body().get("index") instanceof Document index) return indexes.modify(command, index);
            Document options = new Document(catalog.options(namespace)).appendAll(change);
            // As on mongod, a clustered collection whose documents expire no longer has no such option.
            if ("off".equals(change.get("expireAfterSeconds"))) options.remove("expireAfterSeconds");
            catalog.putOptions(namespace, options);
        }
        return Command.ok(new Document());
    }

    private Document drop(Command command) {
        Namespace namespace = new Namespace(command.db(), command.collection());
        if (catalog.dropView(namespace)) return Command.ok(new Document("ns", namespace.toString()));
        if (core.collection(namespace) == null) throw Failure.namespaceNotFound("ns not found");
        Document reply = core.run(command, command.body());
        catalog.putOptions(namespace, new Document());
        return reply;
    }

    private Document dropDatabase(Command command) {
        core.backend().dropDatabase(command.db());
        catalog.dropDatabase(command.db());
        return Command.ok(new Document("dropped", command.db()));
    }

    private Document rename(Command command) {
        if (!command.db().equals("admin")) throw Failure.adminOnly("renameCollection");
        Namespace from = Namespace.parse(command.body().get("renameCollection"));
        Namespace to = Namespace.parse(command.body().get("to"));
        if (from.equals(to)) throw Failure.illegalOperation("Can't rename a collection to itself");
        if (!from.db().equals(to.db())) throw Failure.illegalOperation("renaming across databases is not played");
        if (catalog.view(from.db(), from.collection()) != null) {
            throw new MongoServerError(166, "CommandNotSupportedOnView", "cannot rename view: " + from);
        }
        MongoCollection<?> collection = core.collection(from);
        if (collection == null) throw Failure.namespaceNotFound("Source collection " + from + " does not exist");
        MongoDatabase database = core.backend().database(from.db());
        if (core.collection(to) != null || catalog.view(to.db(), to.collection()) != null) {
            if (!command.flag("dropTarget")) throw new MongoServerError(48, "NamespaceExists", "target namespace exists");
            database.dropCollection(to.collection(), NoopOplog.get());
        }
        database.moveCollection(database, collection, to.collection());
        catalog.renamed(from, to);
        return Command.ok(new Document());
    }

    private Document list(Command command) {
        List<Document> all = new ArrayList<>();
        for (String name : core.backend().database(command.db()).collections()) {
            Namespace namespace = new Namespace(command.db(), name);
            Document options = catalog.options(namespace);
            all.add(new Document("name", name)
                .append("type", options.containsKey("timeseries") ? "timeseries" : "collection")
                .append("options", options)
                .append("info", new Document("readOnly", false).append("uuid", core.collection(namespace).getUuid()))
                .append("idIndex", new Document("v", 2).append("key", new Document("_id", 1)).append("name", "_id_")));
        }
        catalog.views(command.db()).forEach((name, options) ->
            all.add(new Document("name", name).append("type", "view").append("options", options).append("info", new Document("readOnly", true))));
        if (command.body().get("filter") instanceof Document filter) {
            DefaultQueryMatcher matcher = new DefaultQueryMatcher();
            all.removeIf(collection -> !matcher.matches(collection, filter));
        }
        List<Document> shown = command.flag("nameOnly") ? all.stream().map(one -> new Document("name", one.get("name")).append("type", one.get("type"))).toList() : all;
        Object batchSize = command.body().get("cursor") instanceof Document cursor ? cursor.get("batchSize") : null;
        return cursors.open(command.db() + ".$cmd.listCollections", shown, batchSize, false);
    }

    private static Document options(Command command) {
        Document options = new Document(command.body());
        options.keySet().removeAll(NO_OPTIONS);
        return options;
    }
}
