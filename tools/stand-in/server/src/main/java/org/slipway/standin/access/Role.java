package org.slipway.standin.access;

import de.bwaldvogel.mongo.bson.Document;
import java.util.List;

/** A role: its own privileges, and the roles that it inherits from. */
public record Role(RoleName name, List<Privilege> privileges, List<RoleName> roles, boolean builtin) {

    public Document toStored() {
        return new Document("role", name.name())
            .append("db", name.db())
            .append("privileges", Privilege.toDocuments(privileges))
            .append("roles", roles.stream().map(RoleName::asRole).toList());
    }

    public static Role parseStored(Document stored) {
        RoleName name = RoleName.parse(stored, "role", "admin");
        return new Role(name, Privilege.parseAll(stored.getOrDefault("privileges", List.of())), RoleName.parseRoles(stored.getOrDefault("roles", List.of()), name.db()), false);
    }
}
