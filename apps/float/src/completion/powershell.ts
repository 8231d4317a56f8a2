import { type Command, type Flag, GLOBAL_FLAGS } from '../command.ts'
import { flagsOf, namesOf, spellingsOf, valuesOf, verbsOf } from './words.ts'

/** For PowerShell from 5 on, Windows' own included. Its tables tell small letters from capitals: `-f` is not `-F`. */
export const powershellCompletion = (commands: readonly Command[]): string => `\
# Completion of float for PowerShell. Use: float completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName float -ScriptBlock {
  param($current, $line, $cursor)
  $names = [Collections.Generic.Dictionary[string, string]]::new()
${commands.flatMap((command) => namesOf(command).map((name) => `  $names['${name}'] = '${command.name}'`)).join('\n')}
  $offers = [Collections.Generic.Dictionary[string, string]]::new()
  $offers[''] = '${commands.map(({ name }) => name).join(' ')}'
  $offers[' -'] = '${longFlags(GLOBAL_FLAGS)}'
${valueLines('', GLOBAL_FLAGS).join('\n')}
${commands.flatMap(linesOf).join('\n')}
  $before = @($line.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor } | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  $command = ''
  foreach ($word in $before) { if (-not $command -and $names.ContainsKey($word)) { $command = $names[$word] } }
  $previous = if ($before.Count -gt 0) { $before[-1] } else { '' }
  $key = if ($offers.ContainsKey("$command $previous")) { "$command $previous" } elseif ($current.StartsWith('-')) { "$command -" } else { $command }
  if (-not $offers.ContainsKey($key)) { return }
  $offers[$key].Split(' ') | Where-Object { $_.StartsWith($current) -and $before -cnotcontains $_ } |
    ForEach-Object { [Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}
`

const linesOf = (command: Command): readonly string[] => {
  const verbs = verbsOf(command)
  return [
    ...(verbs.length === 0 ? [] : [`  $offers['${command.name}'] = '${verbs.join(' ')}'`]),
    `  $offers['${command.name} -'] = '${longFlags(flagsOf(command))}'`,
    ...valueLines(command.name, flagsOf(command)),
  ]
}

const valueLines = (command: string, flags: readonly Flag[]): readonly string[] =>
  flags
    .filter((flag) => valuesOf(flag).length > 0)
    .flatMap((flag) =>
      spellingsOf(flag).map((word) => `  $offers['${command} ${word}'] = '${valuesOf(flag).join(' ')}'`),
    )

const longFlags = (flags: readonly Flag[]): string => flags.map(({ long }) => `--${long}`).join(' ')
