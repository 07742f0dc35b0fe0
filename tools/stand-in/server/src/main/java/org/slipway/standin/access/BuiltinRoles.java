package org.slipway.standin.access;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** mongod's built-in roles, as far as this server plays them. */
final class BuiltinRoles {

    private static final Set<String> OF_EVERY_DATABASE = Set.of("read", "readWrite", "dbAdmin", "userAdmin", "dbOwner");
    private static final Set<String> OF_ADMIN = Set.of(
        "readAnyDatabase", "readWriteAnyDatabase", "dbAdminAnyDatabase", "userAdminAnyDatabase", "clusterMonitor", "hostManager", "clusterAdmin", "backup", "restore", "root"
    );
    private static final Resource EVERY_DATABASE = Resource.of("", "");

    private BuiltinRoles() {}

    /** The role, or null where mongod has none of that name in that database. */
    static Role find(RoleName name) {
        if (!OF_EVERY_DATABASE.contains(name.name()) && !(name.db().equals("admin") && OF_ADMIN.contains(name.name()))) return null;
        return new Role(name, Privilege.merge(privileges(name.name(), name.db())), List.of(), true);
    }

    static List<Role> of(String db) {
        Set<String> names = new HashSet<>(OF_EVERY_DATABASE);
        if (db.equals("admin")) names.addAll(OF_ADMIN);
        return names.stream().sorted().map(name -> find(new RoleName(name, db))).toList();
    }

    private static List<Privilege> privileges(String role, String db) {
        Resource own = Resource.of(db, "");
        return switch (role) {
            case "read" -> List.of(Privilege.on(own, Actions.READ));
            case "readWrite" -> List.of(Privilege.on(own, Actions.READ), Privilege.on(own, Actions.WRITE));
            case "dbAdmin" -> List.of(Privilege.on(own, Actions.DATABASE_ADMINISTRATION));
            case "userAdmin" -> List.of(Privilege.on(own, Actions.USER_ADMINISTRATION));
            case "dbOwner" -> join(privileges("readWrite", db), privileges("dbAdmin", db), privileges("userAdmin", db));
            case "readAnyDatabase" -> List.of(Privilege.on(EVERY_DATABASE, Actions.READ), Privilege.on(Resource.CLUSTER, Set.of("listDatabases")));
            case "readWriteAnyDatabase" -> join(privileges("readAnyDatabase", db), List.of(Privilege.on(EVERY_DATABASE, Actions.WRITE)));
            case "dbAdminAnyDatabase" -> List.of(Privilege.on(EVERY_DATABASE, Actions.DATABASE_ADMINISTRATION), Privilege.on(Resource.CLUSTER, Set.of("listDatabases")));
            case "userAdminAnyDatabase" -> List.of(Privilege.on(EVERY_DATABASE, Actions.USER_ADMINISTRATION), Privilege.on(Resource.CLUSTER, Set.of("listDatabases", "invalidateUserCache")));
            case "clusterMonitor" -> List.of(Privilege.on(Resource.CLUSTER, Actions.MONITORING), Privilege.on(EVERY_DATABASE, Set.of("collStats", "dbStats", "indexStats", "getDatabaseVersion")));
            case "hostManager" -> List.of(Privilege.on(Resource.CLUSTER, Actions.HOST_MANAGEMENT));
            case "clusterAdmin" -> join(privileges("clusterMonitor", db), privileges("hostManager", db), List.of(Privilege.on(EVERY_DATABASE, Set.of("dropDatabase"))));
            case "backup" -> List.of(Privilege.on(Resource.ANY, Actions.BACKUP), Privilege.on(Resource.CLUSTER, Set.of("getParameter", "listDatabases", "serverStatus", "appendOplogNote")));
            case "restore" -> List.of(Privilege.on(EVERY_DATABASE, Actions.RESTORE), Privilege.on(Resource.CLUSTER, Set.of("bypassWriteBlockingMode", "getParameter")));
            case "root" -> join(
                privileges("readWriteAnyDatabase", db), privileges("dbAdminAnyDatabase", db), privileges("userAdminAnyDatabase", db), privileges("clusterAdmin", db),
                privileges("backup", db), privileges("restore", db), List.of(Privilege.on(Resource.ANY, Set.of("validate")))
            );
            default -> throw new IllegalArgumentException(role);
        };
    }

    @SafeVarargs
    private static List<Privilege> join(List<Privilege>... parts) {
        List<Privilege> joined = new ArrayList<>();
        for (List<Privilege> part : parts) joined.addAll(part);
        return joined;
    }
}
