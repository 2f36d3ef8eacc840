"""The texts of our own predictors, which know nothing of Django: listed here so that makemessages finds them.

The form and the result pass them through gettext when they are shown. A test holds this list to the predictors.
"""

from django.utils.translation import gettext_noop

TEXTS = (
    # faces: what it takes
    gettext_noop("Photo"),
    gettext_noop("A photo with one or more faces. JPEG, PNG, WebP or AVIF."),
    gettext_noop("Minimum confidence"),
    gettext_noop("How sure the model must be that it sees a face. Lower finds more faces and more mistakes."),
    gettext_noop("Maximum number of faces"),
    gettext_noop("If there are more faces than this, only those the model is surest of are reported."),
    gettext_noop("Write labels on the picture"),
    gettext_noop("Write the estimated age and sex beside each box. Without it, only the boxes are drawn."),
    # faces: what it does
    gettext_noop("finding faces"),
    gettext_noop("estimating age and sex"),
    gettext_noop("drawing"),
    # faces: what it gives
    gettext_noop("Faces"),
    gettext_noop("Every face found, the surest first."),
    gettext_noop("No face was found in this photo."),
    gettext_noop("Guesses of a model, not measurements: not for checking anybody's age or identity."),
    gettext_noop("Picture"),
    gettext_noop("The photo with a box on each face."),
    gettext_noop("Box"),
    gettext_noop("Left, top, width and height in pixels of the upright image."),
    gettext_noop("Confidence"),
    gettext_noop("How sure the model is that this is a face."),
    gettext_noop("Estimated age"),
    gettext_noop("In years; a guess, not a measurement."),
    gettext_noop("Age from"),
    gettext_noop("Lower end of the age range."),
    gettext_noop("Age to"),
    gettext_noop("Upper end of the age range."),
    gettext_noop("Estimated sex"),
    gettext_noop("As the model sees it; not said when it is not sure, and for children."),
    gettext_noop("female"),
    gettext_noop("male"),
    gettext_noop("not sure"),
    gettext_noop("Probability of the sex"),
    gettext_noop("How sure the model is of the likelier of the two; empty for children."),
    # plates: what it takes
    gettext_noop("A photo with one or more number plates. JPEG, PNG, WebP or AVIF."),
    gettext_noop("Region"),
    gettext_noop("Where the plates come from, if you know: it settles letters and digits that look alike."),
    gettext_noop("Letters"),
    gettext_noop("Write Russian and Ukrainian plates in Latin letters or in the Cyrillic ones they stand for."),
    gettext_noop("Maximum number of plates"),
    gettext_noop("If there are more plates than this, only those the model is surest of are reported."),
    # plates: names of choices
    gettext_noop("any"),
    gettext_noop("Russia"),
    gettext_noop("Ukraine"),
    gettext_noop("Europe"),
    gettext_noop("US and Canada"),
    gettext_noop("Brazil"),
    gettext_noop("Latin"),
    gettext_noop("Cyrillic"),
    # plates: what it does
    gettext_noop("finding plates"),
    gettext_noop("reading plates"),
    # plates: what it gives
    gettext_noop("Plates"),
    gettext_noop("Every number plate found, the surest first."),
    gettext_noop("No number plate was found in this photo."),
    gettext_noop(
        "Readings of a model, not evidence. Number plates are personal data. A bar tells how sure the model is of"
        " a character, the confidence how sure of the whole; where that is low, the picture has a question mark."
    ),
    gettext_noop("The photo with an outline on each plate."),
    gettext_noop("Straightened plates"),
    gettext_noop("Each plate turned straight, with its reading and how sure the model is of each character."),
    gettext_noop("Text"),
    gettext_noop("Capital letters and digits without spaces; not said where the plate cannot be read."),
    gettext_noop("How sure the model is that every character is right."),
    gettext_noop("Where plates of this form are used; not said when it is not sure."),
    gettext_noop("Probability of the region"),
    gettext_noop("How sure the model is of the likeliest region."),
    gettext_noop("Other readings"),
    gettext_noop("What the plate may say otherwise, the likeliest first."),
    gettext_noop("Confidence of each character"),
    gettext_noop("One value between 0 and 1 for each character of the text."),
    gettext_noop("Corners"),
    gettext_noop("The corners of the plate as x and y, clockwise from the top left one."),
    # exercises: what it takes
    gettext_noop("Clip"),
    gettext_noop(
        "One person doing one exercise, head and body in the frame, the camera at rest. 3 to 60 seconds of MP4, MOV,"
        " WebM or MKV."
    ),
    gettext_noop("Exercise"),
    gettext_noop("What is done in the clip, if you know: the repetitions are then counted in its way."),
    # exercises: names of choices
    gettext_noop("find out"),
    gettext_noop("pull-up"),
    gettext_noop("dip"),
    gettext_noop("squat"),
    gettext_noop("push-up"),
    gettext_noop("sit-up"),
    gettext_noop("jumping jack"),
    gettext_noop("biceps curl"),
    gettext_noop("lunge"),
    gettext_noop("another exercise"),
    gettext_noop("nobody in the frame"),
    # exercises: what it gives
    gettext_noop("What is done in the clip, as the model sees it."),
    gettext_noop("How sure the model is of the exercise."),
    gettext_noop("Repetitions"),
    gettext_noop("Whole repetitions; one more or less is possible."),
    gettext_noop("Each repetition"),
    gettext_noop("Start and end of each repetition, in seconds from the start of the clip."),
    gettext_noop("From, s"),
    gettext_noop("To, s"),
    gettext_noop("No whole repetition was seen in this clip."),
    gettext_noop("A count, not a check of form: it does not tell whether the exercise was done well or safely."),
    gettext_noop("Movement"),
    gettext_noop("What was counted: the joint signal over time, with each repetition marked."),
    gettext_noop("How sure of which exercise"),
    gettext_noop("Each exercise with its confidence, the likeliest first."),
    gettext_noop("Which one."),
    gettext_noop("How well the movement fits it."),
    gettext_noop("Film"),
    gettext_noop("The clip with the skeleton, the exercise and the running count drawn on it."),
)
