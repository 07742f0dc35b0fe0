package org.slipway.standin.access;

import java.util.List;

/** A user who can log in. */
public record User(RoleName name, List<RoleName> roles, ScramCredential credential) {}
