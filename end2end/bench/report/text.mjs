// Numbers and tables as Markdown.

/** A table; columns whose heads begin with '>' stand to the right. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  const rule = `|${head.map((one) => (one.startsWith('>') ? '---:' : '---')).join('|')}|`
  return [line(head.map((one) => one.replace(/^>/, ''))), rule, ...rows.map(line)].join('\n')
}

export const ms = (number) => number.toFixed(number < 10 ? 2 : number < 100 ? 1 : 0)
export const ratio = (number) => number.toFixed(2)
export const mib = (number) => number.toFixed(0)
export const whole = (number) => Math.round(number).toLocaleString('en-US')
export const few = (number) => (number < 100 ? number.toFixed(1) : whole(number))
export const bytes = (number) => (number < 2 ** 30 ? `${mib(number / 2 ** 20)} MiB` : `${(number / 2 ** 30).toFixed(1)} GiB`)
export const seconds = (number) => (number < 10 ? number.toFixed(1) : whole(number))

export const DATABASES = { sqlite: 'SQLite', postgres: 'PostgreSQL' }

/** Where a part's figures come from. */
export const source = ({ day, commit, command, program }) => `\`${command}\` on ${day}, commit ${commit}; ${program}.`

/** A bound and what came of it. */
export const bound = (what, limit, measured, met) => [what, limit, measured, met ? 'met' : '**NOT met**']
