package org.slipway.standin.command;

import static org.slipway.standin.command.CommandTable.Kind.ADMIN;
import static org.slipway.standin.command.CommandTable.Kind.READ;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import java.util.ArrayList;
import java.util.List;
import org.slipway.standin.access.AccessControl;
import org.slipway.standin.access.Privilege;
import org.slipway.standin.access.Resource;
import org.slipway.standin.access.Role;
import org.slipway.standin.access.RoleName;
import org.slipway.standin.access.Roles;
import org.slipway.standin.access.User;

/** Plays mongod's commands about roles and users. Users themselves come from the access file; only their roles change. */
final class RoleCommands {

    private final AccessControl access;
    private final Roles roles;

    RoleCommands(AccessControl access) {
        this.access = access;
        this.roles = access.roles();
    }

    void addTo(CommandTable table) {
        table.add("rolesInfo", READ, this::needsOfRolesInfo, this::rolesInfo);
        table.add("usersInfo", READ, command -> Need.onDatabase(command, "viewUser"), this::usersInfo);
        table.add("createRole", ADMIN, command -> Need.onDatabase(command, "createRole", "grantRole"), this::createRole);
        table.add("updateRole", ADMIN, RoleCommands::needsOfUpdate, this::updateRole);
        table.add("updateUser", ADMIN, RoleCommands::needsOfUpdate, this::updateUser);
        table.add("dropRole", ADMIN, command -> Need.onDatabase(command, "dropRole"), this::dropRole);
    }

    /** To take roles away anywhere, and to grant those and the privileges that are named where they belong. */
    private static List<Need> needsOfUpdate(Command command) {
        List<Need> needs = new ArrayList<>(List.of(new Need(Resource.of("", ""), "revokeRole")));
        if (command.body().containsKey("roles")) {
            for (RoleName role : RoleName.parseRoles(command.body().get("roles"), command.db())) needs.add(new Need(Resource.of(role.db(), ""), "grantRole"));
        }
        if (command.body().containsKey("privileges")) {
            for (Privilege privilege : Privilege.parseAll(command.body().get("privileges"))) {
                String db = privilege.resource().db();
                needs.add(new Need(Resource.of(db.isEmpty() ? "admin" : db, ""), "grantRole"));
            }
        }
        return needs;
    }

    private List<Need> needsOfRolesInfo(Command command) {
        User user = command.session().user();
        // Everybody may look at the roles that they hold.
        if (user != null && command.body().get("rolesInfo") instanceof String name && user.roles().contains(new RoleName(name, command.db()))) return List.of();
        return Need.onDatabase(command, "viewRole");
    }

    private Document rolesInfo(Command command) {
        Object asked = command.body().get("rolesInfo");
        List<Role> found = new ArrayList<>();
        if (asked instanceof Number) {
            found.addAll(roles.of(command.db(), command.flag("showBuiltinRoles")));
        } else {
            for (Object one : asked instanceof List<?> many ? many : List.of(asked)) {
                Role role = roles.find(RoleName.parse(one, "role", command.db()));
                if (role != null) found.add(role);
            }
        }
        return Command.ok(new Document("roles", found.stream().map(role -> shown(role, command.flag("showPrivileges"))).toList()));
    }

    private Document shown(Role role, boolean privileges) {
        Document shown = new Document("_id", role.name().db() + "." + role.name().name()).append("role", role.name().name()).append("db", role.name().db());
        if (privileges) shown.append("privileges", Privilege.toDocuments(role.privileges()));
        shown.append("roles", role.roles().stream().map(RoleName::asRole).toList());
        shown.append("inheritedRoles", roles.inherited(role.roles()).stream().map(RoleName::asRole).toList());
        if (privileges) shown.append("inheritedPrivileges", Privilege.toDocuments(roles.privileges(List.of(role.name()))));
        return shown.append("isBuiltin", role.builtin());
    }

    private Document usersInfo(Command command) {
        Object asked = command.body().get("usersInfo");
        boolean every = asked instanceof Document document && Boolean.TRUE.equals(document.get("forAllDBs"));
        List<RoleName> names = new ArrayList<>();
        if (!every && !(asked instanceof Number)) {
            for (Object one : asked instanceof List<?> many ? many : List.of(asked)) names.add(RoleName.parse(one, "user", command.db()));
        }
        List<Document> shown = new ArrayList<>();
        for (User user : access.users()) {
            boolean wanted = every || (asked instanceof Number ? user.name().db().equals(command.db()) : names.contains(user.name()));
            if (!wanted) continue;
            Document one = new Document("_id", user.name().db() + "." + user.name().name()).append("user", user.name().name()).append("db", user.name().db());
            one.append("roles", user.roles().stream().map(RoleName::asRole).toList()).append("mechanisms", List.of("SCRAM-SHA-256"));
            if (command.flag("showPrivileges")) {
                one.append("inheritedRoles", roles.inherited(user.roles()).stream().map(RoleName::asRole).toList());
                one.append("inheritedPrivileges", Privilege.toDocuments(roles.privileges(user.roles())));
            }
            shown.add(one);
        }
        return Command.ok(new Document("users", shown));
    }

    private Document createRole(Command command) {
        RoleName name = new RoleName((String) command.body().get("createRole"), command.db());
        Role known = roles.find(name);
        if (known != null && known.builtin()) throw Failure.badValue("Cannot create roles with the same name as a built-in role");
        if (known != null) throw new MongoServerError(51002, "Role \"" + name + "\" already exists");
        for (String field : List.of("privileges", "roles")) {
            if (!command.body().containsKey(field)) throw Failure.missingField("createRole", field);
        }
        put(new Role(name, Privilege.parseAll(command.body().get("privileges")), RoleName.parseRoles(command.body().get("roles"), name.db()), false));
        return Command.ok(new Document());
    }

    private Document updateRole(Command command) {
        Role known = defined(new RoleName((String) command.body().get("updateRole"), command.db()));
        Object privileges = command.body().get("privileges");
        Object inherits = command.body().get("roles");
        if (privileges == null && inherits == null && !command.body().containsKey("authenticationRestrictions")) {
            throw Failure.badValue("Must specify at least one field to update in updateRole");
        }
        put(new Role(
            known.name(),
            privileges == null ? known.privileges() : Privilege.parseAll(privileges),
            inherits == null ? known.roles() : RoleName.parseRoles(inherits, known.name().db()),
            false
        ));
        return Command.ok(new Document());
    }

    private Document updateUser(Command command) {
        if (!command.body().containsKey("roles")) throw Failure.badValue("only \"roles\" of users are played");
        access.regrant(new RoleName((String) command.body().get("updateUser"), command.db()), RoleName.parseRoles(command.body().get("roles"), command.db()));
        return Command.ok(new Document());
    }

    private Document dropRole(Command command) {
        roles.drop(defined(new RoleName((String) command.body().get("dropRole"), command.db())).name());
        return Command.ok(new Document());
    }

    private Role defined(RoleName name) {
        Role role = roles.find(name);
        if (role == null) throw Failure.roleNotFound(name.toString());
        if (role.builtin()) throw Failure.invalidRoleModification(name + " is a built-in role and cannot be modified");
        return role;
    }

    private void put(Role role) {
        String db = role.name().db();
        if (!db.equals("admin")) {
            boolean beyond = role.privileges().stream().anyMatch(privilege -> privilege.resource().kind() != Resource.Kind.NAMESPACE || !privilege.resource().db().equals(db));
            if (beyond) throw Failure.invalidRoleModification("Roles on the '" + db + "' database cannot be granted privileges that target other databases or the cluster");
            if (role.roles().stream().anyMatch(inherited -> !inherited.db().equals(db))) {
                throw Failure.invalidRoleModification("Roles on the '" + db + "' database cannot be granted roles from other databases");
            }
        }
        roles.put(role);
    }
}
