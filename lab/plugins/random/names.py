"""Speakable names: adverbs, an adjective and an animal."""

__all__ = ["draw_name"]

import secrets

_ADVERBS = (
    "barely boldly bravely briskly calmly clearly closely coolly deeply eagerly early evenly fairly firmly fondly "
    "freely fully gently gladly grandly hardly highly hugely humbly keenly kindly largely lightly loudly loyally "
    "mainly merrily mildly nearly neatly newly nicely openly partly plainly politely promptly proudly purely quickly "
    "quietly rarely readily richly rightly safely sharply simply slowly smoothly softly solely steadily strongly "
    "surely sweetly swiftly tidily truly vastly warmly widely wisely"
)

_ADJECTIVES = (
    "able agile alert amber ample azure balmy bold brave breezy bright brisk busy calm candid cheery civil clever "
    "cosy crisp curious daring deft eager early easy elegant fair fancy fleet fluent fond frank fresh gentle glad "
    "golden grand handy happy hardy honest humble jolly keen kind lively loyal lucid lucky mellow merry mighty mild "
    "modest neat nimble noble novel patient placid polite proud quick quiet rapid ready robust rosy serene sharp "
    "silent silver sleek smart snug solid steady stout sturdy sunny swift tender tidy tranquil trusty upbeat vivid "
    "warm wise witty zesty"
)

_ANIMALS = (
    "adder albatross alpaca badger bat beaver bison bittern boar bream buzzard carp cat chamois cobra cod colt condor "
    "coot crab crane cricket crow cuckoo curlew deer dingo dolphin donkey dove duck eagle eel egret elk falcon ferret "
    "finch fox frog gannet gecko gibbon goat goose grebe grouse gull hare hawk hedgehog heron herring hornet horse "
    "hound ibex ibis jackal jackdaw jay kestrel kite kiwi koala lamb lark lemur linnet lion lizard llama lynx magpie "
    "mallard marmot marten mole moose moth mouse mule newt ocelot osprey otter owl ox panda parrot pelican perch "
    "pheasant pigeon pike plover pony puffin puma quail rabbit raven robin salmon seal shrew skylark snail snipe "
    "sparrow squid stoat stork swan swift tapir teal tern thrush tiger toad trout turtle viper vole walrus wasp "
    "weasel whale wolf wombat wren yak zebra"
)


def draw_name(words: int, separator: str) -> str:
    """Return a name of so many words (at least one): an animal, before it an adjective, before that adverbs."""
    drawn = [secrets.choice(_ANIMALS.split())]
    if words > 1:
        drawn.insert(0, secrets.choice(_ADJECTIVES.split()))
    while len(drawn) < words:
        drawn.insert(0, secrets.choice(_ADVERBS.split()))
    return separator.join(drawn)
