package org.slipway.standin.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import de.bwaldvogel.mongo.bson.Document;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The users and roles that the server starts with: a JSON file `{users: [{user, password, db?, roles}], roles: [{role, db, privileges, roles}]}`. */
public record AccessFile(List<User> users, List<Role> roles) {

    public static AccessFile read(Path path) throws IOException {
        Document file = (Document) convert(new ObjectMapper().readValue(path.toFile(), Map.class));
        List<User> users = new ArrayList<>();
        for (Object item : (List<?>) file.getOrDefault("users", List.of())) {
            Document user = (Document) item;
            RoleName name = new RoleName((String) user.get("user"), (String) user.getOrDefault("db", "admin"));
            users.add(new User(name, RoleName.parseRoles(user.get("roles"), name.db()), ScramCredential.of((String) user.get("password"))));
        }
        List<Role> roles = new ArrayList<>();
        for (Object item : (List<?>) file.getOrDefault("roles", List.of())) roles.add(Role.parseStored((Document) item));
        return new AccessFile(users, roles);
    }

    private static Object convert(Object value) {
        if (value instanceof Map<?, ?> map) {
            Document document = new Document();
            map.forEach((key, member) -> document.put((String) key, convert(member)));
            return document;
        }
        return value instanceof List<?> items ? new ArrayList<>(items.stream().map(AccessFile::convert).toList()) : value;
    }
}
