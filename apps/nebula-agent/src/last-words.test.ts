import { expect, test } from 'vitest'
import { lastWordsOf } from './last-words.ts'

const CAPTURED = `
06:02:14.083329 ERROR    entrypoint.py:301 - Exception when executing task
06:02:14.085449 ERROR    entrypoint.py:304 - !! Begin User Error Captured by
                         Flyte !!
06:02:14.085891 ERROR    entrypoint.py:305 - Trace:

                             Traceback (most recent call last):
                               File "/root/flows.py", line 19, in raises
                                 raise ValueError("no")
                             ValueError: no

                         Message:

                             ValueError: no
06:02:14.086895 ERROR    entrypoint.py:306 - !! End Error Captured by Flyte !!
`

test('the error that flytekit has captured, without the columns of its log', () => {
  expect(lastWordsOf(`before\n${CAPTURED}after`, 'noise at the end').text).toBe(
    [
      '                    Trace:',
      '',
      '    Traceback (most recent call last):',
      '      File "/root/flows.py", line 19, in raises',
      '        raise ValueError("no")',
      '    ValueError: no',
      '',
      'Message:',
      '',
      '    ValueError: no',
    ]
      .join('\n')
      .trim(),
  )
})

test('the same from a log of JSON lines', () => {
  const line = (message: string): string =>
    JSON.stringify({ asctime: '2026-12-01', name: 'flytekit', levelname: 'ERROR', message }).replaceAll(
      '":"',
      '": "',
    )
  const log = [
    line('!! Begin User Error Captured by Flyte !!'),
    line('Traceback (most recent call last):\n\nValueError: no'),
    line('!! End Error Captured by Flyte !!'),
  ].join('\n')
  expect(lastWordsOf(log, '').text).toBe('Traceback (most recent call last):\n\nValueError: no')
})

test('else the end of stderr, else of stdout', () => {
  expect(lastWordsOf('out', `${'x'.repeat(5000)}Killed\n`).text).toMatch(/^x+Killed$/)
  expect(lastWordsOf('only this\n', '').text).toBe('only this')
  expect(lastWordsOf('', '')).toEqual({ text: '', recoverable: false })
})

const recoverable = (said: string): boolean => lastWordsOf(said, '').recoverable

test('recoverable is what the task raised as such, and what happened around it', () => {
  expect(recoverable(CAPTURED)).toBe(false)
  expect(recoverable(CAPTURED.replaceAll('ValueError: no', 'Busy: USER:Recoverable: error=no'))).toBe(true)
  expect(recoverable(CAPTURED.replaceAll('ValueError: no', 'a.Busy:\nUSER:Recoverable: error=no'))).toBe(true)
  expect(recoverable(CAPTURED.replace('User Error', 'Unknown System Error'))).toBe(true)
  expect(recoverable(CAPTURED.replace('User Error', 'Non-recoverable System Error'))).toBe(false)
  expect(recoverable(CAPTURED.replaceAll('ValueError: no', 'ValueError: see USER:Recoverable'))).toBe(false)
  expect(recoverable('it said USER:Recoverable, and was killed')).toBe(false)
})
