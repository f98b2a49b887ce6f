"""The AWS side against moto: handlers, table, quarantine, alerts, and the simulation of all of them together."""
