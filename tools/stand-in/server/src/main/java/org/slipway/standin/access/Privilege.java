package org.slipway.standin.access;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slipway.standin.command.Failure;

/** Actions on a resource. */
public record Privilege(Resource resource, Set<String> actions) {

    public static Privilege on(Resource resource, Set<String> actions) {
        return new Privilege(resource, new TreeSet<>(actions));
    }

    /** Reads the array that `createRole` and `updateRole` take. */
    public static List<Privilege> parseAll(Object value) {
        if (!(value instanceof Collection<?> items)) throw Failure.badValue("\"privileges\" must be an array");
        List<Privilege> privileges = new ArrayList<>();
        for (Object item : items) {
            if (!(item instanceof Document document) || !(document.get("actions") instanceof Collection<?> actions)) {
                throw Failure.badValue("a privilege must have a \"resource\" and an array \"actions\"");
            }
            Set<String> names = new TreeSet<>();
            for (Object action : actions) {
                if (!Actions.ALL.contains(String.valueOf(action))) throw Failure.badValue("Unrecognized action privilege strings: " + action);
                names.add((String) action);
            }
            privileges.add(new Privilege(Resource.parse(document.get("resource")), names));
        }
        return merge(privileges);
    }

    /** One privilege per resource with its actions in order, which is how mongod keeps and shows them. */
    public static List<Privilege> merge(List<Privilege> privileges) {
        Map<Resource, Set<String>> merged = new LinkedHashMap<>();
        for (Privilege privilege : privileges) merged.computeIfAbsent(privilege.resource, key -> new TreeSet<>()).addAll(privilege.actions);
        return merged.entrySet().stream().map(entry -> new Privilege(entry.getKey(), entry.getValue())).toList();
    }

    public static List<Document> toDocuments(List<Privilege> privileges) {
        return privileges.stream().map(Privilege::toDocument).toList();
    }

    public Document toDocument() {
        return new Document("resource", resource.toDocument()).append("actions", List.copyOf(new TreeSet<>(actions)));
    }
}
