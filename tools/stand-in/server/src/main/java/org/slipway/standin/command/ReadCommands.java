package org.slipway.standin.command;

import static org.slipway.standin.command.CommandTable.Kind.READ;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.List;

/** Queries, on collections and on views. */
final class ReadCommands {

    private final Core core;
    private final Catalog catalog;
    private final Cursors cursors;

    ReadCommands(Core core, Catalog catalog, Cursors cursors) {
        this.core = core;
        this.catalog = catalog;
        this.cursors = cursors;
    }

    void addTo(CommandTable table) {
        table.add("find", READ, command -> Need.on(command, "find"), this::find);
        table.add("aggregate", READ, Need::ofAggregate, this::aggregate);
        table.add("count", READ, command -> Need.on(command, "find"), this::count);
        table.add("distinct", READ, command -> Need.on(command, "find"), command -> core.run(command, command.body()));
        table.add("getMore", READ, command -> List.of(), cursors::getMore);
        table.add("killCursors", READ, command -> List.of(), cursors::kill);
        table.add("collStats", READ, command -> Need.on(command, "collStats"), command -> core.run(command, command.body()));
        table.add("validate", READ, command -> Need.on(command, "validate"), command -> core.run(command, command.body()));
        table.add("dbStats", READ, command -> Need.onDatabase(command, "dbStats"), command -> core.run(command, command.body()));
    }

    private Document find(Command command) {
        Document body = new Document(command.body());
        Object batchSize = body.remove("batchSize");
        boolean single = command.flag("singleBatch");
        Catalog.View view = catalog.resolve(command.db(), command.collection());
        if (view.pipeline().isEmpty()) return cursors.open(command.namespace(), core.firstBatch(command, body), batchSize, single);
        List<Document> pipeline = new ArrayList<>(view.pipeline());
        addStage(pipeline, "$match", body.get("filter"));
        addStage(pipeline, "$sort", body.get("sort"));
        addStage(pipeline, "$skip", body.get("skip"));
        addStage(pipeline, "$limit", body.get("limit"));
        addStage(pipeline, "$project", body.get("projection"));
        return cursors.open(command.namespace(), pipeline(command, view.on(), pipeline), batchSize, single);
    }

    @SuppressWarnings("unchecked")
    private Document aggregate(Command command) {
        Object batchSize = command.body().get("cursor") instanceof Document cursor ? cursor.get("batchSize") : null;
        List<Document> stages = (List<Document>) command.body().getOrDefault("pipeline", List.of());
        if (!(command.body().get("aggregate") instanceof String name)) {
            // The only source without a collection that is played: nothing else runs on this server for long.
            if (!stages.isEmpty() && stages.get(0).containsKey("$currentOp")) return cursors.open("admin.$cmd.aggregate", List.of(), batchSize, false);
            throw Failure.badValue("a pipeline without a collection");
        }
        Catalog.View view = catalog.resolve(command.db(), name);
        List<Document> pipeline = new ArrayList<>(view.pipeline());
        pipeline.addAll(stages);
        return cursors.open(command.namespace(), pipeline(command, view.on(), pipeline), batchSize, false);
    }

    private Document count(Command command) {
        Catalog.View view = catalog.resolve(command.db(), command.collection());
        if (view.pipeline().isEmpty()) return core.run(command, command.body());
        List<Document> pipeline = new ArrayList<>(view.pipeline());
        addStage(pipeline, "$match", command.body().get("query"));
        addStage(pipeline, "$skip", command.body().get("skip"));
        addStage(pipeline, "$limit", command.body().get("limit"));
        return Command.ok(new Document("n", pipeline(command, view.on(), pipeline).size()));
    }

    private List<Document> pipeline(Command command, String collection, List<Document> stages) {
        Document body = new Document("aggregate", collection).append("pipeline", stages).append("cursor", new Document()).append("$db", command.db());
        return core.firstBatch(new Command("aggregate", body, command.bytes(), command.session()), body);
    }

    private static void addStage(List<Document> pipeline, String stage, Object value) {
        boolean nothing = value == null || (value instanceof Document document && document.isEmpty()) || (value instanceof Number number && number.longValue() == 0);
        if (!nothing) pipeline.add(new Document(stage, value));
    }
}
