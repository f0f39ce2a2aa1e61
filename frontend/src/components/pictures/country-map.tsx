'use client'

import { geoEqualEarth, geoPath } from 'd3-geo'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import world from 'world-atlas/countries-110m.json'
import { countryName } from '@/lib/format/countries'
import { formatNumber } from '@/lib/format/numbers'
import { t } from '@/messages/pictures'
import { codeOfNumber } from './country-numbers'

const WIDTH = 760
const HEIGHT = 370
const ANTARCTICA = '010'

type World = Topology<{ countries: GeometryCollection<{ name: string }> }>

const shapes = () => {
  const topology = world as unknown as World
  const all = feature(topology, topology.objects.countries)
  const lands = all.features.filter(({ id }) => id !== ANTARCTICA)
  const projection = geoEqualEarth().fitSize([WIDTH, HEIGHT], { type: 'FeatureCollection', features: lands })
  const path = geoPath(projection).digits(1)
  return lands.map((land, place) => ({
    key: `${land.id ?? ''}-${place}`,
    code: codeOfNumber(String(land.id ?? '')),
    path: path(land) ?? '',
  }))
}

let drawn: ReturnType<typeof shapes> | null = null

type Props = { counts: ReadonlyMap<string, number>; onPress: (code: string) => void }

/** The world with each country as dark as it has companies. For the mouse: the list beside it says the same. */
export default function CountryMap({ counts, onPress }: Props) {
  drawn ??= shapes()
  const most = Math.max(...counts.values(), 1)
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${t('map')}. ${t('mapHint')}`}
      className="w-full"
    >
      {drawn.map(({ key, code, path }) => {
        const count = code ? (counts.get(code) ?? 0) : 0
        const strength = count === 0 ? 0 : 22 + 78 * (Math.log1p(count) / Math.log1p(most))
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: a shorter way for the mouse to what the list has as buttons.
          <path
            key={key}
            d={path}
            onClick={code && count > 0 ? () => onPress(code) : undefined}
            className={count > 0 ? 'cursor-pointer stroke-surface hover:opacity-80' : 'stroke-surface'}
            strokeWidth={0.6}
            style={{ fill: `color-mix(in oklch, var(--accent) ${strength}%, var(--pending))` }}
          >
            {code && count > 0 && (
              <title>{t('ofCountry', { country: countryName(code), count: formatNumber(count) })}</title>
            )}
          </path>
        )
      })}
    </svg>
  )
}
