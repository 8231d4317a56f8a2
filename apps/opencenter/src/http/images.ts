import { notFound, UserError } from '@mmcloud/domain'
import type { Image } from '@mmcloud/contract'
import type { LibraryImage } from '@mmcloud/store'
import type { FastifyInstance } from 'fastify'
import type { Caller } from '../auth/authenticator.ts'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'

/** The app library: everybody may look and add, only an admin may take away what others use. */
export const imageRoutes = (app: FastifyInstance, { authenticator, library, images }: ApiDeps): void => {
  endpointRoute(app, authenticator, 'images', async () => ({
    images: (await library.images()).map(imageView),
  }))
  endpointRoute(app, authenticator, 'image', async ({ params: { name } }) => {
    const tags = (await library.images()).filter((image) => image.name === name)
    if (tags.length === 0) throw notFound(`image ${name}`)
    return { images: tags.map(imageView) }
  })
  endpointRoute(app, authenticator, 'addImage', async ({ body, caller }) => {
    const { name, tag = 'latest', description = '', port = 0, replace = false } = body
    if (replace) refuseUnlessAdmin(caller, 'replace an image of the library')
    else if (await library.image(name, tag)) throw thereIsOne(name, tag)
    const image = { name, tag, description, port, ...(await images.lookUp(body.uri)) }
    if (replace) await library.put(image)
    else if (!(await library.add(image))) throw thereIsOne(name, tag)
    return imageView(image)
  })
  endpointRoute(app, authenticator, 'deleteImage', async ({ params: { name }, query: { tag }, caller }) => {
    refuseUnlessAdmin(caller, 'delete an image of the library')
    const deleted = await library.remove(name, tag)
    if (deleted === 0) throw notFound(`image ${tag === undefined ? name : `${name}:${tag}`}`)
    return { deleted }
  })
}

const refuseUnlessAdmin = ({ user }: Caller, what: string): void => {
  if (user.role !== 'admin') throw new UserError('forbidden', `Only an admin may ${what}`)
}

const thereIsOne = (name: string, tag: string): UserError =>
  new UserError('conflict', `The library has an image ${name}:${tag} already; an admin may replace it`)

/** What is not known is left out. */
const imageView = ({ bytes, port, ...image }: LibraryImage): Image => ({
  ...image,
  ...(bytes > 0 ? { bytes } : {}),
  ...(port > 0 ? { port } : {}),
})
