import { afterEach, describe, expect, it } from 'vitest'
import { apiAddress, serverAddress } from './address'

const settle = (content: string) => {
  document.head.innerHTML = `<meta name="firmograph-api" content="${content}">`
}

afterEach(() => {
  document.head.innerHTML = ''
})

describe('the address of the API', () => {
  it('is what the server wrote into the page', () => {
    settle('/tools/firmograph/api')
    expect(apiAddress()).toBe('/tools/firmograph/api')
    expect(serverAddress()).toBe('/tools/firmograph')
    settle('https://api.example.com/api/')
    expect(serverAddress()).toBe('https://api.example.com')
  })

  it('is that of the same host where nobody wrote it', () => {
    settle(['__firmograph', 'api__'].join('_'))
    expect(apiAddress()).toBe('/api')
    expect(serverAddress()).toBe('')
    document.head.innerHTML = ''
    expect(apiAddress()).toBe('/api')
  })
})
