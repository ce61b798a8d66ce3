import type { Property } from '../../properties/property.ts';
import { tableText } from './table.ts';

const COLUMNS = 100;

/**
 * The properties, a row each: their kind, what they mean, where they come from, and what they mean
 * while several calls are in flight.
 */
export function propertiesText(properties: readonly Property[]): string {
  return tableText(
    [
      { title: 'property' },
      { title: 'kind' },
      { title: 'meaning, source, and with several calls in flight' },
    ],
    properties.map((property) => [property.name, property.kind, meaning(property)]),
    COLUMNS,
  );
}

function meaning({ prose, source, interleaved, underConcurrency }: Property): string {
  return `${prose}\nsource: ${source}\ninterleaved, ${interleaved}: ${underConcurrency}`;
}
