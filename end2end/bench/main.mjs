// Measures parts and keeps their figures, or writes what is kept: main.mjs PART… | report FILE. See scripts/bench.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { create } from './create.mjs'
import { inventory } from './inventory.mjs'
import { pages } from './pages.mjs'
import { say } from './program.mjs'
import { report } from './report.mjs'
import { keep, stored } from './store.mjs'
import { streams } from './streams.mjs'

const PARTS = { inventory, pages, streams, create }

async function measure(names) {
  // Below target/ and not /tmp, which may be in memory.
  const folder = mkdtempSync(join(process.cwd(), 'target/bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const name of names) {
    const began = performance.now()
    keep(name, await PARTS[name](folder))
    say(`${name}: measured in ${((performance.now() - began) / 1000).toFixed(0)} s`)
  }
}

const [first, ...others] = process.argv.slice(2)
if (first === 'report') {
  writeFileSync(others[0], report(stored()))
} else {
  const names = [first, ...others]
  const unknown = names.find((name) => !Object.hasOwn(PARTS, name))
  if (unknown !== undefined) throw new Error(`no such part: ${unknown}; there are ${Object.keys(PARTS).join(', ')}`)
  await measure(names)
}
