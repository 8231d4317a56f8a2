import { Counter, Registry, Summary } from 'prom-client'

/** What is counted of the agent's calls, under the names that dashboards for flytekit's own server know. */
export class AgentMetrics {
  readonly registry = new Registry()
  readonly #succeeded: Counter<'task_type' | 'operation'>
  readonly #failed: Counter<'task_type' | 'operation' | 'error_code'>
  readonly #latency: Summary<'task_type' | 'operation'>

  /** `prefix`: `flyte_agent_`, or `flyte_connector_` as flytekit has it from 1.16 on. */
  constructor(prefix: string) {
    const registers = [this.registry]
    const labelNames = ['task_type', 'operation'] as const
    this.#succeeded = new Counter({
      name: `${prefix}requests_success_total`,
      help: 'Total number of successful requests',
      labelNames,
      registers,
    })
    this.#failed = new Counter({
      name: `${prefix}requests_failure_total`,
      help: 'Total number of failed requests',
      labelNames: [...labelNames, 'error_code'],
      registers,
    })
    this.#latency = new Summary({
      name: `${prefix}request_latency_seconds`,
      help: 'Time spent processing a request',
      labelNames,
      registers,
    })
  }

  succeeded(task_type: string, operation: string, seconds: number): void {
    this.#succeeded.inc({ task_type, operation })
    this.#latency.observe({ task_type, operation }, seconds)
  }

  failed(task_type: string, operation: string, error_code: string, seconds: number): void {
    this.#failed.inc({ task_type, operation, error_code })
    this.#latency.observe({ task_type, operation }, seconds)
  }
}
