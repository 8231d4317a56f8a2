import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { HealthRow, InstanceId, Offer, SecurityGroup, VolumeId } from '@mmcloud/domain'
import type { CloudInstance, InstanceType, LaunchedInstance, LaunchRequest, Provider } from '@mmcloud/engine'
import type { z } from 'zod'
import {
  type Capacity,
  cloudDirOf,
  type LocalCloudConfig,
  type LocalCloudSettings,
  localCloudConfigSchema,
} from './config.ts'
import { ask, DaemonAwayError } from './control/client.ts'
import type { METHODS, Method, Result } from './control/protocol.ts'
import { CATALOGUE } from './market/catalogue.ts'
import { coversThisMachine } from './own-addresses.ts'
import { startDaemon } from './start-daemon.ts'

/**
 * Instances as sandboxes on this machine. The cloud is a process of its own, so that metadata, notices and reclaims
 * go on while we are down; it is started when it does not answer, and outlives us.
 */
export class LocalProvider implements Provider {
  readonly name = 'local'
  /** What AWS takes for general purpose disks; the room a sparse disk really takes is not looked at. */
  readonly volumePricePerGBMonth = 0.08
  readonly #config: LocalCloudConfig
  readonly #cloudDir: string
  #ready: Promise<void> | undefined

  constructor(settings: LocalCloudSettings) {
    this.#config = localCloudConfigSchema.parse(settings)
    this.#cloudDir = cloudDirOf(this.#config.dataDir)
  }

  get noticeSeconds(): number {
    return this.#config.defaultNoticeSeconds
  }

  /** The address of this machine that every instance of this cloud reaches. */
  async workerAddress(signal: AbortSignal): Promise<string> {
    return (await this.#ask('status', {}, signal)).workerAddress
  }

  /** Replaces the limits on how much can be rented, as a market does that fills up or empties. */
  async setCapacity(capacity: Capacity, signal: AbortSignal): Promise<void> {
    await this.#ask('setCapacity', capacity, signal)
  }

  /** A sandbox has the kernel of this machine, and cannot load modules itself. */
  async mountsNfs(): Promise<boolean> {
    await promisify(execFile)('modprobe', ['nfsv4']).catch(() => undefined)
    return /\bnfs4$/m.test(await readFile('/proc/filesystems', 'utf8'))
  }

  async offers(signal: AbortSignal): Promise<readonly Offer[]> {
    return this.#ask('offers', {}, signal)
  }

  async catalogue(): Promise<readonly InstanceType[]> {
    return CATALOGUE
  }

  async launch(request: LaunchRequest, signal: AbortSignal): Promise<LaunchedInstance> {
    return this.#ask('launch', request, signal)
  }

  async terminate(id: InstanceId, signal: AbortSignal): Promise<void> {
    await this.#ask('terminate', { id }, signal)
  }

  async list(signal: AbortSignal): Promise<readonly CloudInstance[]> {
    return this.#ask('list', {}, signal)
  }

  async createVolume(
    request: { id: VolumeId; sizeGB: number; owner: string },
    signal: AbortSignal,
  ): Promise<void> {
    await this.#ask('createVolume', request, signal)
  }

  async attachVolume(
    volume: VolumeId,
    instance: InstanceId,
    signal: AbortSignal,
  ): Promise<{ device: string }> {
    return this.#ask('attachVolume', { volume, instance }, signal)
  }

  async detachVolume(volume: VolumeId, signal: AbortSignal): Promise<void> {
    await this.#ask('detachVolume', { volume }, signal)
  }

  async deleteVolume(volume: VolumeId, signal: AbortSignal): Promise<void> {
    await this.#ask('deleteVolume', { volume }, signal)
  }

  async listVolumes(
    signal: AbortSignal,
  ): Promise<readonly { id: VolumeId; owner: string; sizeGB: number; attachedTo?: InstanceId }[]> {
    return this.#ask('listVolumes', {}, signal)
  }

  /** Whom this machine's own address lets in comes to the instances from the cloud's end of the host. */
  async putSecurityGroup({ owner, ports, from }: SecurityGroup, signal: AbortSignal): Promise<void> {
    const host = from.some(coversThisMachine) ? [`${await this.workerAddress(signal)}/32`] : []
    await this.#ask('putSecurityGroup', { owner, ports: [...ports], from: [...from, ...host] }, signal)
  }

  async deleteSecurityGroup(owner: string, signal: AbortSignal): Promise<void> {
    await this.#ask('deleteSecurityGroup', { owner }, signal)
  }

  async listSecurityGroups(signal: AbortSignal): Promise<readonly string[]> {
    return this.#ask('listSecurityGroups', {}, signal)
  }

  async health(signal: AbortSignal): Promise<readonly HealthRow[]> {
    try {
      return await this.#ask('health', {}, signal)
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error)
      const fix = `read ${this.#cloudDir}/daemon.log`
      return [{ name: 'local cloud', status: 'failed', found, fix }]
    }
  }

  async reclaim(id: InstanceId, noticeSeconds: number, signal: AbortSignal): Promise<void> {
    await this.#ask('reclaim', { id, noticeSeconds }, signal)
  }

  async #ask<M extends Method>(
    method: M,
    params: z.input<(typeof METHODS)[M]['params']>,
    signal: AbortSignal,
  ): Promise<Result<M>> {
    // Once per life of ours: a daemon that was running already gets the configuration we were given.
    await (this.#ready ??= this.#connect(signal).catch((error: unknown) => {
      this.#ready = undefined
      throw error
    }))
    try {
      return await ask(this.#cloudDir, method, params, signal)
    } catch (error) {
      if (!(error instanceof DaemonAwayError)) throw error
      await startDaemon(this.#config, signal)
      return ask(this.#cloudDir, method, params, signal)
    }
  }

  async #connect(signal: AbortSignal): Promise<void> {
    try {
      await ask(this.#cloudDir, 'configure', this.#config, signal)
    } catch (error) {
      if (!(error instanceof DaemonAwayError)) throw error
      await startDaemon(this.#config, signal)
    }
  }
}
