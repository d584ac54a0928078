// A thousand streams.
import { bound, few, ms, source, table, whole } from './text.mjs'

export function bounds({ figures }) {
  return [
    bound('a change seen by each of the streams, at most', '< 1 s', `${ms(figures.most)} ms`, figures.most < 1000),
    bound(`requests to the cloud in ${figures.seconds} s with all streams; with one: ${figures.callsOfOne}`, 'as with one',
      whole(figures.callsOfAll), figures.callsOfAll <= figures.callsOfOne * 1.25 + 3),
  ]
}

export function section(part) {
  const { figures } = part
  return [
    '## Streams', '', source(part), '',
    'Open pages on one binding, over three servers behind haproxy on one PostgreSQL (`scripts/bench-streams`).', '',
    table(['>streams', '>KiB of the servers each', '>change seen after, p50', '>p99', '>at most', `>cloud asked in ${figures.seconds} s, one stream`, '>all'],
      [[whole(figures.streams), few(figures.kibEach), `${ms(figures.p50)} ms`, `${ms(figures.p99)} ms`, `${ms(figures.most)} ms`,
        figures.callsOfOne, figures.callsOfAll]]), '',
  ].join('\n')
}
