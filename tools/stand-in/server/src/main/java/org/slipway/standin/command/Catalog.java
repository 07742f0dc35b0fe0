package org.slipway.standin.command;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;

/**
 * What the server's core does not keep: the options that collections were created with (kept and told, not enforced),
 * and the views.
 */
public final class Catalog {

    /** A view: its collection or view below, and the pipeline over it. */
    public record View(String on, List<Document> pipeline) {}

    private static final String OPTIONS = "collectionOptions";
    private static final String VIEWS = "views";

    private final BiConsumer<String, Document> save;
    private final Map<String, Document> options = new ConcurrentSkipListMap<>();
    private final Map<String, Document> views = new ConcurrentSkipListMap<>();

    public Catalog(Map<String, Document> stored, BiConsumer<String, Document> save) {
        this.save = save;
        load(stored.get(OPTIONS), options);
        load(stored.get(VIEWS), views);
    }

    Document options(Namespace namespace) {
        return options.getOrDefault(namespace.toString(), new Document());
    }

    void putOptions(Namespace namespace, Document value) {
        if (value.isEmpty() ? options.remove(namespace.toString()) == null : value.equals(options.put(namespace.toString(), value))) return;
        save.accept(OPTIONS, new Document(options));
    }

    void renamed(Namespace from, Namespace to) {
        Document moved = options(from);
        putOptions(from, new Document());
        putOptions(to, moved);
    }

    View view(String db, String name) {
        Document view = views.get(db + "." + name);
        return view == null ? null : new View((String) view.get("viewOn"), pipeline(view));
    }

    /** Options of every view of a database, by name. */
    Map<String, Document> views(String db) {
        Map<String, Document> found = new ConcurrentSkipListMap<>();
        views.forEach((namespace, view) -> {
            if (namespace.startsWith(db + ".")) found.put(namespace.substring(db.length() + 1), view);
        });
        return found;
    }

    void putView(Namespace namespace, Document view) {
        views.put(namespace.toString(), view);
        save.accept(VIEWS, new Document(views));
    }

    boolean dropView(Namespace namespace) {
        boolean dropped = views.remove(namespace.toString()) != null;
        if (dropped) save.accept(VIEWS, new Document(views));
        return dropped;
    }

    void dropDatabase(String db) {
        options.keySet().removeIf(namespace -> namespace.startsWith(db + "."));
        views.keySet().removeIf(namespace -> namespace.startsWith(db + "."));
        save.accept(OPTIONS, new Document(options));
        save.accept(VIEWS, new Document(views));
    }

    /** The collection below a view, and all pipelines on the way; for a collection itself and no pipeline. */
    View resolve(String db, String name) {
        List<Document> pipeline = new ArrayList<>();
        String at = name;
        for (View view = view(db, at); view != null; view = view(db, at)) {
            pipeline.addAll(0, view.pipeline());
            at = view.on();
        }
        return new View(at, pipeline);
    }

    @SuppressWarnings("unchecked")
    private static List<Document> pipeline(Document view) {
        return (List<Document>) view.getOrDefault("pipeline", List.of());
    }

    private static void load(Document stored, Map<String, Document> into) {
        if (stored != null) stored.forEach((namespace, value) -> into.put(namespace, (Document) value));
    }
}
