package org.slipway.standin.command;

import java.util.ArrayList;
import java.util.List;
import de.bwaldvogel.mongo.bson.Document;
import org.slipway.standin.access.Resource;

/** An action on a resource that a command needs its user to have. */
public record Need(Resource resource, String action) {

    static List<Need> on(Command command, String... actions) {
        return on(Resource.of(command.db(), command.collection()), actions);
    }

    static List<Need> onDatabase(Command command, String... actions) {
        return on(Resource.of(command.db(), ""), actions);
    }

    static List<Need> onCluster(String... actions) {
        return on(Resource.CLUSTER, actions);
    }

    private static List<Need> on(Resource resource, String... actions) {
        return List.of(actions).stream().map(action -> new Need(resource, action)).toList();
    }

    static List<Need> ofAggregate(Command command) {
        List<Need> needs = new ArrayList<>();
        if (command.body().get("aggregate") instanceof String) needs.addAll(on(command, "find"));
        else needs.add(new Need(Resource.CLUSTER, "inprog"));
        for (Object stage : (List<?>) command.body().getOrDefault("pipeline", List.of())) {
            Document document = (Document) stage;
            addTarget(needs, command, document.get("$out"), "insert", "remove");
            if (document.get("$merge") instanceof Document merge) addTarget(needs, command, merge.get("into"), "insert", "update");
            else addTarget(needs, command, document.get("$merge"), "insert", "update");
            for (String join : List.of("$lookup", "$graphLookup", "$unionWith")) {
                if (document.get(join) instanceof Document other) {
                    Object from = other.getOrDefault("from", other.get("coll"));
                    if (from instanceof String name) needs.add(new Need(Resource.of(command.db(), name), "find"));
                }
            }
        }
        return needs;
    }

    private static void addTarget(List<Need> needs, Command command, Object target, String... actions) {
        if (target instanceof String name) needs.addAll(on(Resource.of(command.db(), name), actions));
        if (target instanceof Document into) needs.addAll(on(Resource.of((String) into.getOrDefault("db", command.db()), (String) into.get("coll")), actions));
    }

    static List<Need> ofUpdate(Command command) {
        boolean upserts = ((List<?>) command.body().getOrDefault("updates", List.of())).stream().anyMatch(update -> Boolean.TRUE.equals(((Document) update).get("upsert")));
        return upserts ? on(command, "update", "insert") : on(command, "update");
    }

    static List<Need> ofFindAndModify(Command command) {
        if (command.flag("remove")) return on(command, "find", "remove");
        return command.flag("upsert") ? on(command, "find", "update", "insert") : on(command, "find", "update");
    }

    static List<Need> ofRename(Command command) {
        Namespace from = Namespace.parse(command.body().get("renameCollection"));
        Namespace to = Namespace.parse(command.body().get("to"));
        List<Need> needs = new ArrayList<>(on(Resource.of(from.db(), from.collection()), "renameCollectionSameDB"));
        needs.addAll(on(Resource.of(to.db(), to.collection()), "renameCollectionSameDB"));
        if (command.flag("dropTarget")) needs.addAll(on(Resource.of(to.db(), to.collection()), "dropCollection"));
        return needs;
    }
}
