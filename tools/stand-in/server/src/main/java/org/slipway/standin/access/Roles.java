package org.slipway.standin.access;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import org.slipway.standin.command.Failure;

/** The roles: built-in ones, and those that users defined, which stay in the store's settings. */
public final class Roles {

    private static final String SETTING = "roles";

    private final Map<String, Role> defined = new ConcurrentSkipListMap<>();
    private final BiConsumer<String, Document> save;
    private volatile int version;

    /** @param stored what an earlier run saved, or null */
    public Roles(Document stored, BiConsumer<String, Document> save) {
        this.save = save;
        if (stored == null) return;
        for (Object role : (List<?>) stored.get(SETTING)) {
            Role parsed = Role.parseStored((Document) role);
            defined.put(parsed.name().toString(), parsed);
        }
    }

    /** Another number after every change. */
    public int version() {
        return version;
    }

    /** The role, or null. */
    public Role find(RoleName name) {
        Role role = defined.get(name.toString());
        return role != null ? role : BuiltinRoles.find(name);
    }

    public List<Role> of(String db, boolean withBuiltin) {
        List<Role> roles = new ArrayList<>(defined.values().stream().filter(role -> role.name().db().equals(db)).toList());
        if (withBuiltin) roles.addAll(BuiltinRoles.of(db));
        return roles;
    }

    /** @throws RuntimeException with mongod's code when a role that it inherits from is missing, or comes back to it. */
    public void put(Role role) {
        for (RoleName inherited : role.roles()) {
            if (find(inherited) == null) throw Failure.roleNotFound(inherited.toString());
            if (inherited.equals(role.name()) || inherited(List.of(inherited)).contains(role.name())) {
                throw Failure.invalidRoleModification("Granting " + inherited + " to " + role.name() + " would introduce a cycle in the role graph");
            }
        }
        defined.put(role.name().toString(), role);
        saveAll();
    }

    public void drop(RoleName name) {
        defined.remove(name.toString());
        saveAll();
    }

    /** The roles themselves and all that they inherit from; unknown ones are left out. */
    public Set<RoleName> inherited(List<RoleName> roles) {
        Set<RoleName> all = new LinkedHashSet<>();
        List<RoleName> open = new ArrayList<>(roles);
        while (!open.isEmpty()) {
            RoleName next = open.remove(0);
            Role role = find(next);
            if (role != null && all.add(next)) open.addAll(role.roles());
        }
        return all;
    }

    public List<Privilege> privileges(List<RoleName> roles) {
        List<Privilege> all = new ArrayList<>();
        for (RoleName name : inherited(roles)) all.addAll(find(name).privileges());
        return Privilege.merge(all);
    }

    private synchronized void saveAll() {
        version++;
        save.accept(SETTING, new Document(SETTING, defined.values().stream().map(Role::toStored).toList()));
    }
}
