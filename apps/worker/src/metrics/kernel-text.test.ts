import { expect, test } from 'vitest'
import { diskBytes, groupUsageV1, groupUsageV2, interfaceBytes, stallUs } from './kernel-text.ts'

test('version 1: everything below the group is counted, shared memory is memory and not cache', () => {
  expect(groupUsageV1('18420828485123\n', MEMORY_STAT_V1)).toEqual({
    cpuUs: 18_420_828_485.123,
    memBytes: 23_572_480 + 40_960,
    cacheBytes: 106_668_032 - 40_960,
    swapBytes: 8_192,
  })
})

test('version 1 of a kernel that counts no swap', () => {
  const stat = MEMORY_STAT_V1.replace(/^.*swap.*\n/gm, '')
  expect(groupUsageV1('0\n', stat).swapBytes).toBe(0)
})

test('version 2 of a kernel that counts what a group swaps', () => {
  const newer = MEMORY_STAT_V2.replace('zswpin', 'pswpin 3\npswpout 40\nzswpin')
  expect(groupUsageV2(CPU_STAT, newer, '44138496\n', 4096)).toEqual({
    cpuUs: 18_420_828_485,
    memBytes: 2_579_693_568 + 4096,
    cacheBytes: 3_929_878_528 - 4096,
    swapBytes: 0,
    swapped: { inBytes: 3 * 4096, outBytes: 40 * 4096 },
  })
})

test('version 2 counts what is in swap and in memory once', () => {
  const stat = MEMORY_STAT_V2.replace('swapcached 44138496', 'swapcached 4138496')
  expect(groupUsageV2(CPU_STAT, stat, '44138496\n', 4096).swapBytes).toBe(40_000_000)
})

test('version 2 of an older kernel, without swap', () => {
  const usage = groupUsageV2(CPU_STAT, MEMORY_STAT_V2, '', 4096)
  expect(usage).toMatchObject({ swapBytes: 0 })
  expect(usage).not.toHaveProperty('swapped')
})

test('the time in which some process waited, in µs', () => {
  expect(stallUs(PRESSURE)).toBe(91_439_311)
  expect(stallUs('')).toBeUndefined()
})

test('what an interface has received and sent', () => {
  expect(interfaceBytes(NET_DEV, 'job0')).toEqual({ received: 516, sent: 1_234_567_890_123 })
  expect(interfaceBytes(NET_DEV, 'job')).toEqual({ received: 0, sent: 0 })
})

test('what a disk has read and written, in sectors of 512 bytes', () => {
  expect(diskBytes(DISK_STAT)).toEqual({ read: 322_604_756 * 512, written: 375_009_040 * 512 })
  expect(diskBytes('')).toEqual({ read: 0, written: 0 })
})

const MEMORY_STAT_V1 = `cache 9248768
rss 11403264
rss_huge 0
shmem 9084928
mapped_file 7688192
dirty 16384
writeback 0
swap 4096
swapcached 0
pgpgin 7834426
pgpgout 7889946
pgfault 185026
pgmajfault 0
inactive_anon 581632
active_anon 950272
inactive_file 20480
active_file 143360
unevictable 18956288
hierarchical_memory_limit 9223372036854771712
hierarchical_memsw_limit 9223372036854771712
total_cache 106668032
total_rss 23572480
total_rss_huge 0
total_shmem 40960
total_mapped_file 11227136
total_dirty 98304
total_writeback 0
total_swap 8192
total_swapcached 0
total_pgpgin 602789852
total_pgpgout 602801940
total_pgmajfault 394066
total_unevictable 18956288
`
const CPU_STAT = `usage_usec 18420828485
user_usec 12055171939
system_usec 6365656546
nice_usec 0
core_sched.force_idle_usec 0
nr_periods 0
nr_throttled 0
throttled_usec 0
nr_bursts 0
burst_usec 0
`
const MEMORY_STAT_V2 = `anon 2579693568
file 3929878528
kernel 145862656
kernel_stack 212992
pagetables 8470528
percpu 0
sock 36864
vmalloc 8749056
shmem 4096
zswap 0
zswapped 0
file_mapped 1589248
file_dirty 0
file_writeback 0
swapcached 44138496
anon_thp 2390753280
file_thp 0
shmem_thp 0
inactive_anon 1023037440
active_anon 1556824064
inactive_file 678453248
active_file 3251408896
unevictable 0
slab_reclaimable 125010320
slab_unreclaimable 1122064
slab 126132384
workingset_refault_anon 919214
workingset_refault_file 3427513
pgscan 38044843
pgsteal 14675136
pgfault 2706141
pgmajfault 708882
zswpin 0
zswpout 0
thp_fault_alloc 14594
thp_collapse_alloc 1103
`
const PRESSURE = `some avg10=0.00 avg60=0.00 avg300=0.00 total=91439311
full avg10=0.00 avg60=0.00 avg300=0.00 total=62892254
`
const NET_DEV = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 496920361  513595    0    0    0     0          0         0 496920361  513595    0    0    0     0       0          0
  job0:     516       6    0    0    0     0          0         0 1234567890123       6    0    0    0     0       0          0
`
const DISK_STAT =
  '  352878    46228 322604756   251166   497009   436716 375009040  1525636        0   254488  1879928     1149        0 2125786336      763   125231   102361\n'
