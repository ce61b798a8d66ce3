import type { Property } from '../../properties/property.ts';
import { tableText } from './table.ts';

const COLUMNS = 100;

/** The properties, a row each: their kind, what they mean and where they come from. */
export function propertiesText(properties: readonly Property[]): string {
  return tableText(
    [{ title: 'property' }, { title: 'kind' }, { title: 'meaning and source' }],
    properties.map(({ name, kind, prose, source }) => [name, kind, `${prose}\nsource: ${source}`]),
    COLUMNS,
  );
}
