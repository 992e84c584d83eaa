import { Gauge, type Registry } from "prom-client";

/** What only Redis knows of workers and connections; cleared, they are left out. */
export function addConnectionGauges(registry: Registry) {
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge<Label>({ name: `customerio_router_${name}`, help, labelNames, registers: [registry] });
  const workersAlive = gauge("workers_alive", "Worker processes that are alive");
  const ofConnections = {
    info: gauge("connection_info", "1 for each connection, with its name", "connection", "name"),
    state: gauge(
      "connection_state",
      "1 for the state a connection is in, 0 for others",
      "connection",
      "state",
    ),
    waiting: gauge("messages_waiting", "Messages without an outcome, those in hand included", "connection"),
    failed: gauge("messages_failed", "Rejected messages that a person can retry", "connection"),
    oldest: gauge(
      "oldest_waiting_seconds",
      "Age of a connection's oldest waiting message in seconds; 0 when none waits",
      "connection",
    ),
  };

  return {
    workersAlive,
    ...ofConnections,
    clear(): void {
      // Without labels, `reset` would say 0.
      workersAlive.remove();
      for (const gauge of Object.values(ofConnections)) gauge.reset();
    },
  };
}
