"""A Streamlit page with one chip and nothing else: what a tap on our forms is compared with."""

import streamlit as st

st.pills("One question", ["Yes", "No"], key="answer")
