package org.slipway.standin.command;

import static org.slipway.standin.command.CommandTable.Kind.READ;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slipway.standin.store.IdOrder;

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
        table.add("explain", READ, command -> Need.on(explained(command), "find"), ReadCommands::explain);
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

    /** Only whether a query goes by the `_id`s. */
    private static Document explain(Command command) {
        boolean seeks = explained(command).body().get("filter") instanceof Document filter && IdOrder.answers(filter);
        Document plan = seeks ? new Document("stage", "FETCH").append("inputStage", new Document("stage", "IXSCAN").append("indexName", "_id_")) : new Document("stage", "COLLSCAN");
        return Command.ok(new Document("queryPlanner", new Document("winningPlan", plan)));
    }

    private static Command explained(Command command) {
        if (command.body().get("explain") instanceof Document query && query.containsKey("find")) {
            return new Command("find", new Document(query).append("$db", command.db()), command.bytes(), command.session());
        }
        throw Failure.badValue("explain of anything but a find");
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
        if (view.pipeline().isEmpty() && !stages.isEmpty() && stages.get(0).get("$sample") instanceof Document sample) {
            return cursors.open(command.namespace(), drawn(command, sample, stages.subList(1, stages.size())), batchSize, false);
        }
        List<Document> pipeline = new ArrayList<>(view.pipeline());
        pipeline.addAll(stages);
        return cursors.open(command.namespace(), pipeline(command, view.on(), pipeline), batchSize, false);
    }

    /**
     * A pipeline that begins with `$sample`, of documents that are drawn here: the core sorts them by chance, which its own sort refuses.
     * As on mongod, to draw a few takes no look at all of them; what follows may be a projection and a sort by `_id`, else it takes one.
     */
    private List<Document> drawn(Command command, Document sample, List<Document> rest) {
        List<Object> ids = new ArrayList<>(found(command, new Document()).stream().map(document -> document.get("_id")).toList());
        Collections.shuffle(ids);
        int size = Math.min(ids.size(), ((Number) sample.get("size")).intValue());
        Document filter = new Document("_id", new Document("$in", ids.subList(0, size)));
        Document options = new Document("filter", filter);
        for (Document stage : rest) {
            if (stage.get("$project") instanceof Document projection) options.append("projection", projection);
            else if (stage.get("$sort") instanceof Document sort && sort.keySet().equals(Set.of("_id"))) options.append("sort", sort);
            else return pipeline(command, command.collection(), Stream.concat(Stream.of(new Document("$match", filter)), rest.stream()).toList());
        }
        return found(command, options);
    }

    private List<Document> found(Command command, Document options) {
        Document find = new Document("find", command.collection());
        find.putAll(options);
        find.append("$db", command.db());
        return core.firstBatch(new Command("find", find, command.bytes(), command.session()), find);
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
