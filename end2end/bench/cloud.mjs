// The real cloud, asked past the portal, as the account and in the project that the portal uses.
import { Client } from './http.mjs'

/** As the portal asks Nova: tags at the creation came with it. */
const VERSION = { 'openstack-api-version': 'compute 2.52', 'x-openstack-nova-api-version': '2.52' }

export const given = (name) => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} must be set: see scripts/with-cloud`)
  return value
}

export class Cloud {
  /** Signs in to a project, and finds its services in a region. */
  static async enter(project, region) {
    const domain = { name: process.env.OS_USER_DOMAIN_NAME ?? 'Default' }
    const user = { name: given('OS_USERNAME'), password: given('OS_PASSWORD'), domain }
    const body = { auth: { identity: { methods: ['password'], password: { user } }, scope: { project: { name: project, domain } } } }
    const keystone = new Client(given('OS_AUTH_URL'))
    const { status, headers, text } = await keystone.ask('POST', '/auth/tokens', body)
    keystone.close()
    if (status !== 201) throw new Error(`Keystone answers ${status}: ${text}`)
    const { catalog, project: { id } } = JSON.parse(text).token
    const find = (type) => catalog.find((one) => one.type === type).endpoints
      .find((one) => one.interface === 'public' && one.region === region).url.replace(/\/$/, '').replace(/\/v2(\.0)?$/, '')
    return new Cloud(id, { 'x-auth-token': headers['x-subject-token'] }, find)
  }

  constructor(project, token, find) {
    this.project = project
    this.headers = { ...token, ...VERSION }
    this.compute = new Client(find('compute'), this.headers)
    this.image = new Client(find('image'), token)
    this.network = new Client(find('network'), token)
  }

  /** Ids of what a server is made of. */
  async choices(flavor, image, network) {
    const { flavors } = await this.compute.json('GET', '/flavors')
    const { images } = await this.image.json('GET', `/v2/images?name=${image}`)
    const { networks } = await this.network.json('GET', `/v2.0/networks?name=${network}&project_id=${this.project}`)
    const id = (all, name) => {
      const found = all.find((one) => one.name === name)
      if (!found) throw new Error(`the cloud has no ${name}`)
      return found.id
    }
    return { flavor: id(flavors, flavor), image: id(images, image), network: id(networks, network) }
  }

  /** A server's status, or null when there is none. */
  async status(id) {
    const { status, text } = await this.compute.ask('GET', `/servers/${id}`)
    if (status === 404) return null
    if (status !== 200) throw new Error(`Nova answers ${status} for ${id}: ${text}`)
    return JSON.parse(text).server
  }

  close() {
    for (const one of [this.compute, this.image, this.network]) one.close()
  }
}
