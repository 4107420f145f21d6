"""Packs as a program would write them: an own instrument, and wording that it holds a licence for."""

OWN = """
pack: instrument
licence: Written by the Lantern Program
code: own_calm_rooms
family: own_calm_rooms
name: Calm rooms
name_es: Aulas en calma
edition: First
kind: observation
unit: classroom
levels: [classroom]
languages: [en]
licence_class: open_items
respondent: observer
scored_by: trained
source: The Lantern Program
cycles_min: 1
cycles_max: 2
formula_version: own-calm-rooms-1
scales:
  - {code: calm, en: Calm, es: Calma, minimum: 1, maximum: 5, step: 1, direction: higher_better, reversed: false}
"""


WORDING = """
pack: wording
instrument: pss4
licence: License 1 of the Lantern Program, to 2030
languages: [en, es]
answers:
  - {value: 0, en: none, es: nada}
  - {value: 1, en: one, es: uno}
  - {value: 2, en: two, es: dos}
  - {value: 3, en: three, es: tres}
  - {value: 4, en: four, es: cuatro}
items:
  - {en: first words, es: primeras palabras}
  - {en: second words, es: segundas palabras}
  - {en: third words, es: terceras palabras}
  - {en: fourth words, es: cuartas palabras}
"""


OPINION = (
    "pack: wording\ninstrument: teacher_opinion\nlicence: ours\nlanguages: [en]\nreversed: {confidence: [2, 4]}\n"
    "answers: [{value: 1, en: a}, {value: 2, en: b}, {value: 3, en: c}, {value: 4, en: d}, {value: 5, en: e}]\n"
    "items:\n" + "".join(f"  - en: words {at}\n" for at in range(1, 13))
)
