// What is asked of the lists: every order, every filter and pairs of them, the first page and one from deep within.
const place = { workspace_id: 'seeded', environment_id: 'dev' }
const LIST = '/api/services/provision/resources/'
const AUDIT = '/api/services/audit/'
const usual = '-created_at'
const orders = ['created_at', 'resource_name', 'status', 'resource_type'].flatMap((word) => [word, `-${word}`])

const address = (path, query) => `${path}?${new URLSearchParams(query)}`
export const listing = (query) => address(LIST, { ...place, ...query })

/** Filters that find many rows, as the seeding makes them. */
const MANY = {
  'type': { resource_type: 'vm' },
  'status': { status: 'active' },
  'rare status': { status: 'failed' },
  'type, status': { resource_type: 'volume', status: 'failed' },
  'search, many': { search: 'web' },
  'search, type': { search: 'web', resource_type: 'vm' },
  'search, status': { search: 'web', status: 'failed' },
  'search, inside': { search: 'volume' },
}
/** And those that find few, with a row from the middle. */
const few = (mark) => ({
  'search, few': { search: 'web-007' },
  'search, nothing': { search: 'no-such-name' },
  'external id': { search: mark.resource_id },
})

/** Words that a search finds in rows around the middle of an order: rows have seven digits, and names one of seven words. */
function around(sort, rows, search) {
  if (sort.endsWith('resource_name')) return [...(search ? [`${search}-5`] : []), 'mail-5', 'mail']
  return [String(rows / 2).padStart(7, '0').slice(0, rows < 10_000 ? 5 : 4)]
}

/** The cursor behind a row in the middle: of a page with that one row of those that a search finds. */
async function cursor(portal, sort, query, rows) {
  for (const search of around(sort, rows, query.search)) {
    const { next } = await portal.client.json('GET', listing({ ...query, search, sort, limit: 1 }))
    if (next) return next
  }
  return null
}

async function middle(portal, rows) {
  const [search] = around(usual, rows)
  const { resources } = await portal.client.json('GET', listing({ search, status: 'active', limit: 1 }))
  if (!resources.length) throw new Error(`no row is found by ${search}: the seeding names its rows otherwise`)
  return resources[0]
}

async function lists(portal, rows, mark) {
  const cases = []
  const add = async (name, query, sort) => {
    cases.push({ name: `${name}, by ${sort}`, query: { ...query, sort } })
    const behind = await cursor(portal, sort, query, rows)
    if (behind) cases.push({ name: `${name}, by ${sort}, deep`, query: { ...query, sort, cursor: behind } })
  }
  for (const sort of orders) await add('all', {}, sort)
  for (const [name, query] of Object.entries(MANY)) {
    for (const sort of [usual, 'resource_name']) await add(name, query, sort)
  }
  for (const [name, query] of Object.entries(few(mark))) cases.push({ name, query })
  return [
    ...cases.map(({ name, query }) => ({ name: `list: ${name}`, path: LIST, query: { ...place, ...query }, rows: 'resources' })),
    { name: 'list: of all environments', path: LIST, query: { workspace_id: 'seeded' }, rows: 'resources' },
  ]
}

async function audit(portal, mark) {
  const whose = { workspace_id: 'seeded' }
  const [event] = (await portal.client.json('GET', address(AUDIT, { ...whose, target: mark.id }))).events
  const { next } = await portal.client.json('GET', address(AUDIT, { ...whose, until: event.at, limit: 1 }))
  const asked = {
    'all': {},
    'all, deep': { cursor: next },
    'environment': { environment_id: 'dev' },
    'actor': { actor: event.actor },
    'action': { action: 'vm' },
    'one action': { action: 'vm.create' },
    'one action, deep': { action: 'vm.create', cursor: next },
    'outcome': { outcome: 'failed' },
    'action, outcome': { action: 'volume', outcome: 'failed' },
    'target': { target: mark.id },
    'until': { until: event.at },
    'since, until': { since: event.at.slice(0, 10), until: event.at },
  }
  return Object.entries(asked).map(([name, query]) => ({
    name: `audit: ${name}`, path: AUDIT, query: { ...whose, ...query }, rows: 'events',
  }))
}

/** All cases for a portal whose `seeded/dev` has so many rows. Those with `rows` are lists of the API, the others pages. */
export async function all(portal, rows) {
  const mark = await middle(portal, rows)
  const pages = [['overview', ''], ['inventory', '/inventory'], ['audit', '/audit']]
  return [
    ...await lists(portal, rows, mark),
    ...await audit(portal, mark),
    ...pages.map(([name, path]) => ({ name: `page: ${name}`, path: `/w/seeded/dev${path}`, query: {} })),
  ]
}

/** The address of a case, with no more rows than `limit` if that is given. */
export const path = (one, limit) => {
  const query = new URLSearchParams(limit ? { ...one.query, limit } : one.query).toString()
  return query ? `${one.path}?${query}` : one.path
}
